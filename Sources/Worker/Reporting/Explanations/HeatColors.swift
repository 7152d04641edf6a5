import Inference

/// Values of 0…1 as colours over a picture: from black over violet, red and orange to a light yellow.
package enum HeatColors {
    package static let ramp: [SIMD3<Float>] = [
        SIMD3(8, 8, 32), SIMD3(74, 20, 110), SIMD3(180, 40, 80), SIMD3(244, 132, 28), SIMD3(252, 248, 160),
    ]
    /// Of the colour; the rest is the picture's.
    package static let share: Float = 0.65

    /// The colours from 0 to 1, as CSS writes a gradient's.
    package static let css = ramp.map { "rgb(\(Int($0.x)) \(Int($0.y)) \(Int($0.z)))" }.joined(separator: ", ")

    /// - Parameter values: `[height, width]`; what lies outside 0…1 counts as the nearer end.
    package static func draw(_ values: [Float], over picture: Picture) -> Picture {
        var pixels = picture.pixels
        for (pixel, value) in values.enumerated() {
            let color = color(value)
            for channel in 0..<3 {
                let index = pixel * 3 + channel
                let mixed = share * color[channel] + (1 - share) * Float(picture.pixels[index])
                pixels[index] = UInt8(mixed)
            }
        }
        return Picture(width: picture.width, height: picture.height, pixels: pixels)
    }

    private static func color(_ value: Float) -> SIMD3<Float> {
        let place = min(max(value, 0), 1) * Float(ramp.count - 1)
        let first = min(Int(place), ramp.count - 2)
        let share = place - Float(first)
        return ramp[first] * (1 - share) + ramp[first + 1] * share
    }
}
