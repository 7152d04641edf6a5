import Concepts
import Crypto
import Foundation
import Inference
import Settings

/// What a trained head belongs to, as its file says it: model, features, bank, classes (docs/rivals.md §4).
package struct HeadIdentity: Sendable, Equatable {
    static let format = "entente.head/v1"
    /// Keys and values of the file's metadata, in the order in which a difference is told.
    package let entries: [(key: String, value: String)]

    package static func == (a: HeadIdentity, b: HeadIdentity) -> Bool { a.metadata == b.metadata }

    package init(_ method: PartMethod, of analysis: Analysis) {
        entries =
            [("format", Self.format), ("baseline", method.rawValue)] + Self.model(analysis)
            + [("features", analysis.method.features.rawValue)] + Self.words(analysis)
    }

    /// Of EZPC's map, which is trained on embeddings and not on patches, and towards the scores that the classes have by whatever gives
    /// them their embeddings.
    package init(mapOf analysis: Analysis) {
        let classifier = analysis.classifier.flatMap { try? JSONEncoder.sorted($0) } ?? ""
        entries =
            [("format", "entente.map/v1"), ("baseline", "ezpc")] + Self.model(analysis) + Self.words(analysis)
            + [("templates", Self.digest(analysis.templates)), ("classifier", Self.digest([classifier]))]
    }

    private static func model(_ analysis: Analysis) -> [(key: String, value: String)] {
        [
            ("model_weights", analysis.model.weights), ("model_configuration", analysis.model.configuration),
            ("model_tokenizer", analysis.model.tokenizer),
            ("text_revision", analysis.model.textRevision.map(String.init) ?? ""),
        ]
    }

    private static func words(_ analysis: Analysis) -> [(key: String, value: String)] {
        [
            ("image", analysis.method.image.rawValue), ("descriptor_template", analysis.descriptorTemplate),
            ("descriptors", digest(analysis.descriptors.map(\.text))),
            ("classes", digest(analysis.classes.flatMap { [$0.id.text, $0.name] })),
        ]
    }

    private static func digest(_ texts: [String]) -> String {
        // Length first, so that no two lists run together into the same bytes.
        SHA256.hash(data: Data(texts.map { "\($0.utf8.count):\($0)" }.joined().utf8)).hexadecimal
    }

    package var metadata: [String: String] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
    }

    /// Why a head whose file says this is of no use here; nil if it is.
    ///
    /// - Parameter remedy: what mends it beside training.
    package func refusal(
        of metadata: [String: String], path: String, or remedy: String = "leave it out of explainers"
    ) -> String? {
        for (key, value) in entries where metadata[key] != value {
            guard let other = metadata[key] else {
                return "\(path): it says no \(key), so that it is no head of entente train's; name the folder that it "
                    + "wrote."
            }
            func short(_ text: String) -> String { quoted(String(text.prefix(60))) }
            return
                "\(path): it was trained with the \(key) \(short(other)), and here it is \(short(value)); train it for "
                + "this analysis, or \(remedy)."
        }
        return nil
    }
}
