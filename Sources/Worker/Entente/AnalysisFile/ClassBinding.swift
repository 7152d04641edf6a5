import Analyzing
import Concepts
import Inference
import Settings

/// Keys of a file that each have to mean a class, and classes that each need one (docs/descriptors.md §1.3).
struct ClassBinding {
    private let classes: [Analysis.Class]
    private let index: ClassIndex
    private var bound: Set<Int> = []
    private var kinds = ProblemKinds()

    init(_ classes: [Analysis.Class]) {
        self.classes = classes
        index = ClassIndex(classes)
    }

    /// The class that a key means; nil, and a problem, if there is none or it has a key already.
    mutating func bind(_ key: String) -> Int? {
        switch index.find(Identifier(key)) {
        case .success(let number):
            if bound.insert(number).inserted { return number }
            kinds.add(
                "These keys name classes that have a list already", item: quoted(key),
                "\(quoted(key)) names a class that has a list already; leave one of them.")
        case .failure(let failure):
            let reason = index.explanation(of: failure, for: Identifier(key))
            kinds.add(
                "These keys bind to no class", item: "\(quoted(key)) (\(failure.rawValue))",
                "\(quoted(key)) \(reason); name a class by its id.")
        }
        return nil
    }

    /// What is wrong with the keys so far, and the classes that none of them named.
    ///
    /// - Parameter asked: what needs the binding.
    func problems(asked: String) -> [String] {
        var missing = ProblemKinds()
        for (number, entry) in classes.enumerated() where !bound.contains(number) {
            missing.add(
                "\(asked) needs a list for each class, and these have none", item: quoted(entry.id.text),
                "\(asked) needs a list for each class, and \(quoted(entry.id.text)) (\(quoted(entry.name))) has none.")
        }
        return kinds.messages + missing.messages
    }
}
