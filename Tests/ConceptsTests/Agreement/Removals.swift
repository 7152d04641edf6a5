import Foundation

@testable import Concepts

/// Pictures whose vision concepts are taken away and put back at random, with the estimators' own figures after every step: what the
/// explorer's script has to come to out of a ``RemovalTable``.
struct Removals: Codable {
    struct Picture: Codable {
        /// ``RemovalTable/bytes``.
        let table: Data
        /// A 1 for each vision concept that is on the language list.
        let matches: String
        let language: Int, bank: Int
        let steps: [Step]
    }

    struct Step: Codable {
        /// A 1 for each vision concept that is taken away.
        let removed: String
        /// Nano-nats.
        let released: Figures, membership: Figures
        let pValue: Double?
    }

    struct Figures: Codable, Equatable {
        let curve: [Int64]
        let auc: Int64
    }

    var pictures: [Picture]

    /// - Parameter seed: of all that is random.
    init(pictures: Int, steps: Int, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        self.pictures = (0..<pictures).map { number in
            // The first few are at the ends of what there can be.
            let concepts = number < 2 ? number : 1 + generator.next(below: 24)
            let matches = (0..<concepts).map { _ in generator.next(below: 3) == 0 }
            let overlap = matches.count { $0 }
            let language = overlap + (number == 2 ? 0 : generator.next(below: 60))
            let least = concepts + language - overlap
            // A bank that is the language list has no null.
            let bank =
                number % 10 == 3 && concepts == overlap ? language : least + generator.next(below: 9000)
            var removed = [Bool](repeating: false, count: concepts)
            return Picture(
                table: Data(RemovalTable(matches: matches, languageCount: language, bankSize: bank).bytes),
                matches: Self.text(matches), language: language, bank: bank,
                steps: (0..<steps).map { step in
                    if step > 0, concepts > 0 { Self.change(&removed, by: &generator) }
                    return Step(matches: matches, removed: removed, language: language, bank: bank)
                })
        }
    }

    /// A click on any concept, or the handle drawn to any place.
    private static func change(_ removed: inout [Bool], by generator: inout SplitMix64) {
        if generator.next(below: 4) > 0 {
            removed[generator.next(below: removed.count)].toggle()
        } else {
            let front = generator.next(below: removed.count + 1)
            for place in removed.indices { removed[place] = place < front }
        }
    }

    static func text(_ flags: [Bool]) -> String { flags.map { $0 ? "1" : "0" }.joined() }
    static func flags(_ text: String) -> [Bool] { text.map { $0 == "1" } }
}

extension Removals.Step {
    /// By the estimators, which know nothing of a table.
    init(matches: [Bool], removed: [Bool], language: Int, bank: Int) {
        let left = zip(matches, removed).filter { !$0.1 }.map(\.0)
        let membership = MembershipEstimator(bankSize: bank, languageCount: language)
        self.init(
            removed: Removals.text(removed),
            released: .init(
                ReleasedEstimator(visionCount: matches.count, languageCount: language).curve(matches: left)),
            membership: .init(membership.curve(matches: left)),
            pValue: membership.pValue(visionCount: left.count, overlap: left.count { $0 }))
    }
}

extension Removals.Figures {
    init(_ curve: [Double]) {
        let dynamics = Agreement.Dynamics(of: curve)
        self.init(curve: dynamics.curve.map(\.count), auc: dynamics.auc.count)
    }
}
