import Testing

@testable import Exploring

struct PartMasksTests {
    /// Bits are taken out one by one, by the words of the format and not by the code that packs them.
    @Test func planesSayWhatTheGridSays() throws {
        let labels = [2, -1, 0, 2, 0, 5, -1, 2, 5, 0, 0, 2, 2, -1, 5]
        let masks = PartMasks(width: 5, height: 3, labels: labels)
        let bytes = masks.bytes
        #expect(Array(bytes[..<4]) == Array("ENTM".utf8))
        let numbers: [Int] = (0..<4).map { (place: Int) -> Int in
            let low = Int(bytes[4 + 2 * place])
            let high = Int(bytes[5 + 2 * place])
            return low + 256 * high
        }
        #expect(numbers == [5, 3, 3, 0])
        #expect(bytes.count == 12 + 3 * 2)
        for (plane, part) in [0, 2, 5].enumerated() {
            let found: [Int] = labels.indices.filter { (place: Int) -> Bool in
                let byte: UInt8 = bytes[12 + 2 * plane + place / 8]
                return (byte >> UInt8(place % 8)) & 1 == 1
            }
            let wanted: [Int] = labels.indices.filter { labels[$0] == part }
            #expect(found == wanted)
        }
        #expect(masks.patches(of: 0) == 4 && masks.parts == [0, 2, 5])
    }

    @Test func aPictureWithoutPartsHasNoPlanes() {
        let masks = PartMasks(width: 300, height: 2, labels: [Int](repeating: -1, count: 600))
        #expect(masks.bytes == Array("ENTM".utf8) + [44, 1, 2, 0, 0, 0, 0, 0])
    }
}
