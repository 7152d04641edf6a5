import Concepts
import Foundation
import Settings

/// Findings as a person reads them in a terminal.
package struct Explanation {
    package let analysis: Analysis

    package init(analysis: Analysis) {
        self.analysis = analysis
    }

    package func text(image: String, label: Int?, findings: ImageFindings) -> String {
        var lines = [neutral(image)]
        let top = findings.top.map {
            "\(neutral(analysis.classes[$0.classIndex].name)) \(decimal(Double($0.similarity)))"
                + ($0.probability.map { " (\(decimal(100 * Double($0))) %)" } ?? "")
        }
        lines.append("  looks like   " + top.joined(separator: " · "))
        if let label {
            let verdict = label == findings.predictedClass ? "right" : "wrong"
            lines.append("  labelled     \(neutral(analysis.classes[label].name)) (\(verdict))")
        }
        for found in findings.partMethods { lines += part(found) }
        if findings.partMethods.count > 1 { lines += joint(findings.partMethods) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The part methods' curves as one.
    private func joint(_ found: [PartFindings]) -> [String] {
        let released = JointCurve(found.map { $0.agreement.released.curve.map(\.nats) })
        let membership = JointCurve(found.map { $0.agreement.membership.curve.map(\.nats) })
        return [
            "  mean of \(found.map(\.key).joined(separator: " and "))",
            "  released     MI \(decimal(released.mi))  AUC \(decimal(released.auc)) nats",
            "  membership   MI \(small(membership.mi))  AUC \(small(membership.auc)) nats",
        ]
    }

    private func part(_ found: PartFindings) -> [String] {
        let mutual = Set(found.mutualDescriptors)
        let width = found.visionConcepts.map { neutral(analysis.descriptors[$0.descriptor].text).count }.max() ?? 0
        var lines = ["  \(found.key) parts"]
        lines += grid(found).map { "    " + $0 }
        lines.append("  what is seen, most relevant first (* = also said of the class)")
        for concept in found.visionConcepts {
            let descriptor = neutral(analysis.descriptors[concept.descriptor].text)
            let name = descriptor + String(repeating: " ", count: width - descriptor.count)
            let parts = concept.parts.map(String.init).joined(separator: ",")
            let star = mutual.contains(concept.descriptor) ? "*" : " "
            lines.append("  \(star) \(name)  \(decimal(Double(concept.relevance)))  part \(parts)")
        }
        if let mean = found.meanRelevance { lines.append("  relevance    \(decimal(Double(mean))) on average") }
        let agreement = found.agreement
        lines.append(
            "  agreement    \(mutual.count) of \(found.visionConcepts.count) seen and "
                + "\(found.languageConcepts.count) said")
        lines.append(
            "  released     MI \(decimal(agreement.released.mi.nats))  AUC \(decimal(agreement.released.auc.nats)) nats"
        )
        lines.append(
            "  membership   MI \(small(agreement.membership.mi.nats))  AUC "
                + "\(small(agreement.membership.auc.nats)) nats"
                + (agreement.pValue.map { "  p \(small($0))" } ?? ""))
        if !found.flags.isEmpty {
            lines.append("  flags        " + found.flags.map(\.rawValue).joined(separator: ", "))
        }
        return lines
    }

    /// The patch grid, one character a patch: a digit for a part, a dot for background.
    private func grid(_ found: PartFindings) -> [String] {
        let symbols = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+#")
        return (0..<found.gridHeight).map { row in
            found.parts[row * found.gridWidth..<(row + 1) * found.gridWidth]
                .map { $0 < 0 ? "·" : String(symbols[min($0, symbols.count - 1)]) }.joined(separator: " ")
        }
    }

    private func decimal(_ value: Double) -> String { String(format: "%.3f", value) }
    private func small(_ value: Double) -> String { String(format: "%.3g", value) }
}
