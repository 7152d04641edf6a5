import Testing

@testable import Exploring

struct RecentValuesTests {
    @Test func aValueIsFoundUntilItIsOld() {
        let (values, start) = (RecentValues<String, Int>(age: .seconds(10), limit: 16), ContinuousClock.now)
        values.keep(7, for: "a", now: start)
        #expect(values.find("a", now: start + .seconds(9)) == 7)
        #expect(values.find("a", now: start + .seconds(10)) == nil)
        #expect(values.find("b", now: start) == nil)
        values.keep(8, for: "a", now: start + .seconds(9))
        #expect(values.find("a", now: start + .seconds(18)) == 8)
    }

    @Test func fewAreKeptAndTheLatestAmongThem() {
        let (values, start) = (RecentValues<Int, Int>(age: .seconds(10), limit: 4), ContinuousClock.now)
        for number in 0..<50 {
            let now = start + .milliseconds(number)
            values.keep(number, for: number, now: now)
            let found = (0...number).filter { values.find($0, now: now) != nil }
            #expect(found.count <= 4 && found == Array((number + 1 - found.count)...number), "\(found) after \(number)")
            #expect(found.count >= min(number + 1, 2))
        }
    }

    @Test func whatIsOldGoesFirst() {
        let (values, start) = (RecentValues<Int, Int>(age: .seconds(10), limit: 3), ContinuousClock.now)
        for number in 0..<2 { values.keep(number, for: number, now: start) }
        for number in 2..<5 { values.keep(number, for: number, now: start + .seconds(11)) }
        #expect((2..<5).allSatisfy { values.find($0, now: start + .seconds(12)) == $0 })
    }
}
