/// Everything that is chosen when EZPC's map is trained (docs/rivals.md §7.1); the defaults are the released code's.
public struct ConceptMapSettings: Sendable, Hashable, Codable {
    /// Steps, each over all pictures.
    public var epochs = 10_000
    /// Adam's, throughout.
    public var rate = 0.01
    /// λ: what the classes' scores count for beside nearness to the descriptors.
    public var weight = 1.0
    public init() {}

    /// What is wrong with it, a sentence each, naming the option of `entente train`.
    public var problems: [String] {
        var problems: [String] = []
        func check(_ isFine: Bool, _ option: String, _ value: some Any, _ accepted: String) {
            if !isFine { problems.append("--\(option) is \(value); it must be \(accepted).") }
        }
        check(1...100_000 ~= epochs, "epochs", epochs, "from 1 to 100000")
        check(rate.isFinite && rate > 0, "rate", rate, "a finite number above 0")
        check(weight.isFinite && weight >= 0, "weight", weight, "a finite number, 0 or more")
        return problems
    }
}
