import Foundation
import Persistence

/// What the demo found, read from the public views, as any dashboard would read them.
struct DemoReport {
    private let connection: Connection
    private let analysis: String

    init(_ connection: Connection, analysis: String) {
        self.connection = connection
        self.analysis = analysis
    }

    /// Classes are ranked by one of the part methods.
    private static let rankedBy = "kmeans"

    func text(seconds: Double, workers: Int) throws -> String {
        var lines = try summary()
        lines += try classes(
            "Classes on which the two encoders agree most, by \(Self.rankedBy) parts", order: "DESC")
        lines += try classes("and least", order: "ASC")
        lines += try throughput(seconds: seconds, workers: workers)
        lines += [
            "", "In SQL:",
            "  SELECT * FROM entente.analysis_summary;",
            "  SELECT * FROM entente.mi_dynamics ORDER BY estimator, step;",
            "  SELECT * FROM entente.class_summary ORDER BY auc_released DESC;",
            "  SELECT * FROM entente.mutual_concept_ranking ORDER BY rank LIMIT 20;",
        ]
        return lines.joined(separator: "\n")
    }

    private func summary() throws -> [String] {
        let rows = try connection.query(
            """
            SELECT part_method, estimator, images, top_1, top_5, mi, auc, auc_padded, vision_concepts, mutual_concepts
            FROM entente.analysis_summary WHERE analysis_id = $1 ORDER BY part_method, estimator DESC
            """, [.text(analysis)])
        guard rows.count > 0 else { return ["No results."] }
        let accuracy =
            "\(percent(try rows.optionalDouble(0, 3))) top-1, \(percent(try rows.optionalDouble(0, 4))) top-5"
        var lines = [
            "", "Zero-shot accuracy on \(try rows.bigint(0, 2)) held-out pictures: \(accuracy)",
            "Concepts per picture, by \(try rows.text(0, 0)) parts: \(decimal(try rows.optionalDouble(0, 8), 1)) seen, "
                + "\(decimal(try rows.optionalDouble(0, 9), 1)) of them also said of the predicted class", "",
            "  parts    estimator    MI (nats)   AUC, padded   AUC, mean",
        ]
        for row in 0..<rows.count {
            let cells = [
                padded(try rows.text(row, 0), 8), padded(try rows.text(row, 1), 12),
                padded(decimal(try rows.optionalDouble(row, 5), 4), 11),
                padded(decimal(try rows.optionalDouble(row, 7), 4), 13), decimal(try rows.optionalDouble(row, 6), 4),
            ]
            lines.append("  " + cells.joined(separator: " "))
        }
        return lines
    }

    private func classes(_ title: String, order: String) throws -> [String] {
        // The order is one of two literals of ours; values go as parameters.
        let rows = try connection.query(
            """
            SELECT s.class_name, s.auc_released, s.top_1, c.descriptors
            FROM entente.class_summary AS s
            CROSS JOIN LATERAL (
                SELECT array_agg(r.descriptor ORDER BY r.mutual_images DESC, r.descriptor_index) AS descriptors
                FROM (
                    SELECT * FROM entente.class_concept_ranking AS k
                    WHERE k.analysis_id = s.analysis_id AND k.class_role = s.class_role
                        AND k.class_index = s.class_index AND k.part_method = s.part_method AND k.mutual_images > 0
                    ORDER BY k.mutual_images DESC, k.descriptor_index LIMIT 4
                ) AS r
            ) AS c
            WHERE s.analysis_id = $1 AND s.class_role = 'label' AND s.part_method = $2
            ORDER BY s.auc_released \(order), s.class_index LIMIT 4
            """, [.text(analysis), .text(Self.rankedBy)])
        var lines = ["", title + "  (AUC, top-1, most frequent mutual concepts)"]
        for row in 0..<rows.count {
            let descriptors = (try? rows.texts(row, 3)) ?? []
            let cells = [
                padded(try rows.text(row, 0), 16), decimal(try rows.optionalDouble(row, 1), 2),
                percent(try rows.optionalDouble(row, 2)).leftPadded(8) + " ", descriptors.joined(separator: ", "),
            ]
            lines.append("  " + cells.joined(separator: " "))
        }
        return lines
    }

    private func throughput(seconds: Double, workers: Int) throws -> [String] {
        let rows = try connection.query(
            """
            SELECT count(*), count(DISTINCT worker), avg(fetch_microseconds + decode_microseconds)::double precision,
                avg(encode_microseconds)::double precision, avg(concepts_microseconds)::double precision
            FROM entente.image_results WHERE analysis_id = $1
            """, [.text(analysis)])
        let images = Double(try rows.bigint(0, 0))
        func milliseconds(_ column: Int) throws -> String {
            decimal((try rows.optionalDouble(0, column) ?? 0) / 1000, 1)
        }
        return [
            "",
            "\(Int(images)) pictures by \(try rows.bigint(0, 1)) workers in \(decimal(seconds, 1)) s, start-up included: "
                + "\(decimal(images / seconds, 1)) a second",
            "Per picture: fetch and decode \(try milliseconds(2)) ms, encoder \(try milliseconds(3)) ms, "
                + "concepts \(try milliseconds(4)) ms",
        ]
    }

    private func percent(_ value: Double?) -> String { value.map { String(format: "%.1f %%", 100 * $0) } ?? "–" }
    private func decimal(_ value: Double?, _ places: Int) -> String {
        value.map { String(format: "%.\(places)f", $0) } ?? "–"
    }
    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension String {
    /// Behind enough spaces to be `width` characters.
    fileprivate func leftPadded(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
