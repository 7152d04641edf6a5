import Inference

/// One part method's share of an ``ImageReport``.
struct PartMethodReport: Encodable {
    let foreground: [[Int]]
    let parts: [[Int]]
    let visionConcepts: [VisionConcept]
    let languageConcepts: [LanguageConcept]
    let mutualConcepts: [MutualConcept]
    /// Of the vision concepts.
    let meanRelevance: ReportNumber
    let estimators: Estimators
    let flags: [String]

    struct VisionConcept: Encodable {
        let descriptor: Identifier
        let index: Int
        let relevance: ReportNumber
        let parts: [Int]
    }

    struct LanguageConcept: Encodable {
        let descriptor: Identifier
        let index: Int
        let similarity: ReportNumber
    }

    struct MutualConcept: Encodable {
        let descriptor: Identifier
        let index: Int
    }

    struct Estimators: Encodable {
        let released: Released
        let membership: Membership
    }

    struct Released: Encodable {
        let mi: ReportNumber
        let curve: [ReportNumber]
        let auc: ReportNumber
    }

    struct Membership: Encodable {
        let mi: ReportNumber
        let curve: [ReportNumber]
        let auc: ReportNumber
        let nmiMax: ReportNumber
        let ami: ReportNumber
        let pValue: ReportNumber

        enum CodingKeys: String, CodingKey {
            case mi, curve, auc, ami
            case nmiMax = "nmi_max"
            case pValue = "p_value"
        }
    }

    enum CodingKeys: String, CodingKey {
        case foreground, parts, estimators, flags
        case visionConcepts = "vision_concepts"
        case languageConcepts = "language_concepts"
        case mutualConcepts = "mutual_concepts"
        case meanRelevance = "mean_relevance"
    }

    init(_ findings: PartFindings, _ analysis: Analysis) {
        let width = findings.gridWidth
        parts = (0..<findings.gridHeight).map { Array(findings.parts[$0 * width..<($0 + 1) * width]) }
        foreground = parts.map { row in row.map { $0 >= 0 ? 1 : 0 } }
        visionConcepts = findings.visionConcepts.map {
            VisionConcept(
                descriptor: analysis.descriptors[$0.descriptor], index: $0.descriptor,
                relevance: ReportNumber($0.relevance), parts: $0.parts)
        }
        languageConcepts = findings.languageConcepts.map {
            LanguageConcept(
                descriptor: analysis.descriptors[$0.descriptor], index: $0.descriptor,
                similarity: ReportNumber($0.similarity))
        }
        mutualConcepts = findings.mutualDescriptors.map {
            MutualConcept(descriptor: analysis.descriptors[$0], index: $0)
        }
        meanRelevance = findings.meanRelevance.map { ReportNumber($0) } ?? .undefined
        let (released, membership) = (findings.agreement.released, findings.agreement.membership)
        estimators = Estimators(
            released: Released(
                mi: ReportNumber(released.mi), curve: released.curve.map { ReportNumber($0) },
                auc: ReportNumber(released.auc)),
            membership: Membership(
                mi: ReportNumber(membership.mi), curve: membership.curve.map { ReportNumber($0) },
                auc: ReportNumber(membership.auc), nmiMax: ReportNumber(findings.agreement.nmiMax),
                ami: ReportNumber(findings.agreement.ami), pValue: ReportNumber(findings.agreement.pValue)))
        flags = findings.flags.map(\.rawValue)
    }
}
