import Testing

@testable import Threads

@Suite struct PlacesTests {
    @Test func whatFindsNoPlaceIsNotBegun() {
        let places = Places(2)
        #expect(places.begin { 1 } == 1)
        #expect(places.begin { nil as Int? } == nil, "and takes no place")
        #expect(places.begin { 2 } == 2)
        #expect(
            places.begin { () -> Int? in
                Issue.record("it was looked for")
                return 3
            } == nil)
        places.end()
        #expect(places.begin { 3 } == 3)
    }
}
