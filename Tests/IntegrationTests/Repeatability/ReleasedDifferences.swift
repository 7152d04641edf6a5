import Crypto
import Foundation
import Inference

/// Where one analysis of ours says something else than the released code's libraries, and through which step.
struct ReleasedDifferences: CustomStringConvertible {
    /// The first step that differs.
    enum Cause: String, CaseIterable {
        case parts = "parts differ"
        case prompts = "prompts differ"
        case nearTie = "near tie"
        case unexplained
    }

    /// Correct encoders agree within this (docs/method.md §19.1).
    static let rounding = 1e-5
    /// Nats.
    static let tolerance = 1e-6
    /// A description names as many lists for each cause.
    private static let named = 5

    private(set) var lists = 0
    private(set) var visionLists = 0, mutualSets = 0, informations = 0, areas = 0
    private(set) var prompts = 0, equalPrompts = 0
    private var causes: [Cause: [String]] = [:]

    /// Takes in one picture under one part method.
    ///
    /// - Parameters:
    ///   - artifacts: what the names of its prompted pictures begin with; `.part<k>.<variant>.png` follows;
    ///     nil: none were written, and they are not compared.
    mutating func compare(_ ours: Report.Part, _ theirs: ReleasedCode.Part, name: String, artifacts: String?) {
        let vision = ours.visionConcepts.map(\.index) == theirs.vision
        let mutual = ours.mutualConcepts.map(\.index).sorted() == theirs.mutual
        let pairs = [(ours.estimators.released, theirs.released), (ours.estimators.membership, theirs.membership)]
        let information = pairs.allSatisfy { abs($0.mi - $1[0]) <= Self.tolerance }
        let area = pairs.allSatisfy { abs($0.auc - $1[1]) <= Self.tolerance }
        lists += 1
        visionLists += vision ? 1 : 0
        mutualSets += mutual ? 1 : 0
        informations += information ? 1 : 0
        areas += area ? 1 : 0

        let sameParts = Self.text(ours.parts) == theirs.parts
        var samePrompts = true
        for (part, hashes) in artifacts == nil ? [:] : theirs.prompts {
            for (variant, hash) in zip(["circle", "gray", "blur"], hashes) {
                prompts += 1
                if sameParts, Self.hash(ofPicture: "\(artifacts ?? "").part\(part).\(variant).png") == hash {
                    equalPrompts += 1
                } else {
                    samePrompts = false
                }
            }
        }
        if vision, mutual, information, area { return }
        let cause: Cause =
            !sameParts
            ? .parts : !samePrompts ? .prompts : theirs.gap < Self.rounding ? .nearTie : .unexplained
        causes[cause, default: []].append(name)
    }

    /// How many lists differ for that reason.
    func count(_ cause: Cause) -> Int { causes[cause]?.count ?? 0 }

    var description: String {
        let found = Cause.allCases.compactMap { cause in
            causes[cause].map { names in
                let more = names.count > Self.named ? ", …" : ""
                return "\(cause.rawValue) in \(names.count): \(names.prefix(Self.named).joined(separator: ", "))\(more)"
            }
        }
        return """
            of \(lists) lists, equal are \(visionLists) vision lists, \(mutualSets) mutual sets, \(informations) MIs, \
            \(areas) AUCs; of \(prompts) prompted pictures \(equalPrompts). \(found.joined(separator: "; "))
            """
    }

    /// A grid of part numbers as ``ReleasedCode/Part/parts`` has it.
    static func text(_ grid: [[Int]]) -> String {
        grid.joined().map { $0 < 0 ? "." : String($0) }.joined()
    }

    /// The first 16 digits of SHA-256 over a picture's RGB bytes; nil when it is not there.
    private static func hash(ofPicture path: String) -> String? {
        guard let file = FileManager.default.contents(atPath: path),
            let picture = try? ImageDecoder.decode([UInt8](file), named: path)
        else { return nil }
        return SHA256.hash(data: picture.pixels).prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
