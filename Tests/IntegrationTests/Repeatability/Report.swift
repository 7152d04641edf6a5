/// A line of `analyze --json`, as a program reads it that knows only the documentation.
struct Report: Decodable, Equatable {
    let analysis: String
    let image: String
    let label: String?
    let prediction: Prediction
    let partMethods: [String: Part]

    struct Prediction: Decodable, Equatable {
        let `class`: String
        let top: [Entry]

        struct Entry: Decodable, Equatable {
            let `class`: String
            let similarity: Float
            /// Of models with a sigmoid score.
            var probability: Float?
        }
    }

    struct Part: Decodable, Equatable {
        let foreground: [[Int]]
        let parts: [[Int]]
        let visionConcepts: [VisionConcept]
        let languageConcepts: [LanguageConcept]
        let mutualConcepts: [Concept]
        let meanRelevance: Float?
        let estimators: Estimators
        let flags: [String]

        enum CodingKeys: String, CodingKey {
            case foreground, parts, estimators, flags
            case visionConcepts = "vision_concepts"
            case languageConcepts = "language_concepts"
            case mutualConcepts = "mutual_concepts"
            case meanRelevance = "mean_relevance"
        }
    }

    struct VisionConcept: Decodable, Equatable {
        let descriptor: String
        let index: Int
        let relevance: Float
        let parts: [Int]
    }

    struct LanguageConcept: Decodable, Equatable {
        let descriptor: String
        let index: Int
        let similarity: Float
    }

    struct Concept: Decodable, Equatable {
        let descriptor: String
        let index: Int
    }

    struct Estimators: Decodable, Equatable {
        let released: Amounts
        let membership: Amounts
    }

    /// In nats.
    struct Amounts: Decodable, Equatable {
        let mi: Double
        let curve: [Double]
        let auc: Double
        var nmiMax: Double?
        var ami: Double?
        var pValue: Double?

        enum CodingKeys: String, CodingKey {
            case mi, curve, auc, ami
            case nmiMax = "nmi_max"
            case pValue = "p_value"
        }
    }

    enum CodingKeys: String, CodingKey {
        case analysis, image, label, prediction
        case partMethods = "part_methods"
    }
}
