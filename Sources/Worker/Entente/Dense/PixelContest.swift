import Foundation

/// Maps that enter one after another, and which of them is highest at each pixel.
struct PixelContest {
    /// For each pixel the place of the map that is highest there; of equals the first.
    private(set) var winners: [Int]
    private var highest: [Float]
    /// The winner's value, where that need not be the highest.
    private var own: [Float]?
    /// Sum over the maps of exp(scale · (value − highest)), in which no power is of a large number.
    private var sums: [Float]
    private let scale: Float?
    private var entered = 0

    /// - Parameter scale: what values are multiplied by in a softmax; nil if ``certainty(at:)`` is the value itself.
    init(pixels: Int, scale: Float?) {
        winners = .init(repeating: 0, count: pixels)
        highest = .init(repeating: -.infinity, count: pixels)
        sums = .init(repeating: 0, count: scale == nil ? 0 : pixels)
        self.scale = scale
    }

    mutating func enter(_ map: [Float]) {
        for pixel in map.indices {
            let (value, before) = (map[pixel], highest[pixel])
            if let scale {
                sums[pixel] =
                    value > before
                    ? sums[pixel] * exp(scale * (before - value)) + 1 : sums[pixel] + exp(scale * (value - before))
            }
            if value > before { (highest[pixel], winners[pixel]) = (value, entered) }
        }
        entered += 1
    }

    /// - Parameter map: the one that entered at a place.
    mutating func replaceWinners(_ others: [Int], map: (Int) -> [Float]) {
        winners = others
        var own = highest
        for place in Set(others) {
            let values = map(place)
            for pixel in values.indices where others[pixel] == place { own[pixel] = values[pixel] }
        }
        self.own = own
    }

    /// The winner's value, or its share of a softmax.
    func certainty(at pixel: Int) -> Float {
        let value = own?[pixel] ?? highest[pixel]
        guard let scale else { return value }
        return exp(scale * (value - highest[pixel])) / sums[pixel]
    }
}
