/// Variants of the methods.
public struct DenseOptions: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// MaskCLIP without the last block's shortcut and perceptron, and with others' positions, as many use it.
    public static let reduced = DenseOptions(rawValue: 1)
    /// ResCLIP with the paths between patches sampled as its released code does, which sees only the beginning of short ones.
    public static let asReleased = DenseOptions(rawValue: 2)

    /// Those that change a method at all.
    public static func known(by method: DenseMethod) -> DenseOptions {
        switch method {
        case .maskclip: .reduced
        case .resclip: .asReleased
        default: []
        }
    }
}
