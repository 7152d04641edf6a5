import Foundation

/// Numbers of an image as its page has them.
enum PictureFigures {
    /// Nats with nine decimals, which are all that the tables keep.
    static func nanoNats(_ number: Double) -> String { String(format: "%.9f", number) }

    static func numbers(_ node: Node) -> [Int] {
        guard case .list(let nodes) = node else { return [] }
        return nodes.compactMap { node in
            if case .count(let number) = node { return number }
            return nil
        }
    }
}
