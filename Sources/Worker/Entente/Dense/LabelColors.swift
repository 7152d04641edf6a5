import Foundation

/// A colour for each text of a label map; 255 of them, none black.
enum LabelColors {
    /// Texts that a palette has room for beside what is no text.
    static let most = 255
    static let none = SIMD3<UInt8>(0, 0, 0)

    /// Hues a golden angle apart, so that neighbours differ most; from one round to the next lighter or darker.
    static func color(of text: Int) -> SIMD3<UInt8> {
        let hue = (Double(text) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1) * 6
        let (saturation, brightness) = [(0.75, 0.95), (0.9, 0.65), (0.45, 1.0)][text / 8 % 3]
        func channel(_ offset: Double) -> UInt8 {
            let place = (offset + hue).truncatingRemainder(dividingBy: 6)
            return UInt8((255 * brightness * (1 - saturation * max(0, min(place, 4 - place, 1)))).rounded())
        }
        return SIMD3(channel(5), channel(3), channel(1))
    }

    /// Of a label map: 0 is no text, n + 1 the text n.
    static func palette(texts: Int) -> [SIMD3<UInt8>] { [none] + (0..<texts).map(color) }

    static func css(_ color: SIMD3<UInt8>) -> String {
        "#" + [color.x, color.y, color.z].map { String(format: "%02x", $0) }.joined()
    }
}
