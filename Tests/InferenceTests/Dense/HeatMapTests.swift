import Testing

@testable import Inference

@Suite struct HeatMapTests {
    /// Each pixel from its four patches, one by one.
    @Test(arguments: [(1, 1, 1), (1, 5, 3), (3, 7, 2), (5, 40, 31), (7, 3, 4)])
    func enlargingIsTheDefinition(side: Int, width: Int, height: Int) {
        var generator = SeededGenerator(seed: UInt64(side * width + height))
        let map = HeatMap(side: side, values: generator.floats(side * side, scale: 3))
        let enlarged = map.enlarged(width: width, height: height)
        #expect(enlarged.count == width * height)
        for y in 0..<height {
            for x in 0..<width {
                let v = max((Double(y) + 0.5) * Double(side) / Double(height) - 0.5, 0)
                let h = max((Double(x) + 0.5) * Double(side) / Double(width) - 0.5, 0)
                func value(_ row: Int, _ column: Int) -> Double {
                    Double(map.values[min(row, side - 1) * side + min(column, side - 1)])
                }
                let (top, left) = (Int(v), Int(h))
                let (down, right) = (v - Double(top), h - Double(left))
                let upper = value(top, left) * (1 - right) + value(top, left + 1) * right
                let lower = value(top + 1, left) * (1 - right) + value(top + 1, left + 1) * right
                #expect(abs(Double(enlarged[y * width + x]) - upper * (1 - down) - lower * down) < 1e-4)
            }
        }
    }
}
