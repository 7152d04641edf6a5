import Testing

@testable import Exploring

struct PictureCacheTests {
    @Test func whatWasUsedLongestAgoMakesRoom() {
        var cache = PictureCache(limit: 100)
        for key in ["a", "b", "c", "d"] { cache.keep([UInt8](repeating: 1, count: 25), as: key) }
        #expect(cache.find("a") != nil)
        cache.keep([UInt8](repeating: 2, count: 20), as: "e")
        #expect(cache.find("b") == nil)
        #expect(["a", "c", "d", "e"].allSatisfy { cache.find($0) != nil })
    }

    @Test func noPictureTakesMostOfIt() {
        var cache = PictureCache(limit: 100)
        cache.keep([UInt8](repeating: 1, count: 26), as: "large")
        #expect(cache.find("large") == nil)
    }

    @Test func aPictureCountsOnce() {
        var cache = PictureCache(limit: 100)
        for _ in 0..<50 { cache.keep([UInt8](repeating: 1, count: 25), as: "same") }
        for key in ["a", "b", "c"] { cache.keep([UInt8](repeating: 1, count: 25), as: key) }
        #expect(cache.find("same") != nil)
    }

    /// Analyses of one picture have parts of their own.
    @Test func drawingsOfOtherPartsAreOthers() {
        func key(_ labels: [Int], width: Int = 2, height: Int = 2) -> String {
            PictureOrder(
                uri: "file:///a.png", sha256: "aa", fit: "squash", side: 480, drawing: .overlay,
                masks: PartMasks(width: width, height: height, labels: labels), method: "kmeans"
            ).key
        }
        let keys = [
            key([0, 1, -1, 1]), key([0, 1, 1, -1]), key([0, 1, 1, -1], width: 4, height: 1), key([0, 11, -1, 1]),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(key([0, 1, -1, 1]) == keys[0])
    }

    @Test func fewSizesAreHandedOut() {
        #expect(PictureOrder.side("1") == 160 && PictureOrder.side("161") == 320 && PictureOrder.side(nil) == 768)
        #expect(PictureOrder.side("99999") == 1024 && PictureOrder.side("x") == 768)
    }
}
