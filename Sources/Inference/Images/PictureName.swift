/// A picture's path or URI as messages show it.
struct PictureName: CustomStringConvertible {
    let description: String

    /// Longer names lose their middle.
    private static let longest = 200

    init(_ name: String) {
        if name.utf8.starts(with: "data:".utf8) {
            // The payload is the picture itself.
            let head = name.prefix { $0 != "," }.prefix(60)
            description = "\(head),…"
        } else if name.utf8.count > Self.longest {
            description = "\(name.prefix(Self.longest / 2))…\(name.suffix(Self.longest / 2))"
        } else {
            description = name
        }
    }
}
