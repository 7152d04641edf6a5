import Persistence

/// What the tables hold of an image, in the words of the report. Belongs to the thread of its connection.
struct StoredReports {
    private let connection: Connection
    private let classes: [String]
    private let descriptors: [String]

    init(_ connection: Connection) throws {
        self.connection = connection
        classes = try connection.strings("SELECT class_id FROM entente.classes ORDER BY class_index")
        descriptors = try connection.strings("SELECT descriptor FROM entente.descriptors ORDER BY descriptor_index")
    }

    func prediction(_ id: String) throws -> Report.Prediction {
        let rows = try connection.query(
            """
            SELECT predicted_index, top_classes, top_similarities, top_probabilities, top_probabilities IS NULL
            FROM entente.image_results WHERE image_id = $1
            """, [.text(id)])
        let similarities = try rows.reals(0, 2)
        let probabilities: [Float?] =
            try rows.bool(0, 4) ? similarities.map { _ in nil } : try rows.reals(0, 3).map { $0 }
        return Report.Prediction(
            class: classes[Int(try rows.int(0, 0))],
            top: zip(try rows.ints(0, 1), zip(similarities, probabilities)).map {
                .init(class: classes[Int($0)], similarity: $1.0, probability: $1.1)
            })
    }

    func part(_ id: String, _ method: String) throws -> Report.Part {
        let rows = try connection.query(
            """
            SELECT grid_height::integer, grid_width::integer, grid, vision_descriptors, vision_relevances, vision_parts, vision_mutual,
                mi_released, curve_released, auc_released, mi_membership, curve_membership, auc_membership, nmi_max,
                ami, p_value, flags, language_count, overlap, predicted_index
            FROM entente.part_results WHERE image_id = $1 AND part_method = $2
            """, [.text(id), .text(method)])
        let width = Int(try rows.optionalInt(0, 1) ?? 0)
        let grid = try rows.bytes(0, 2).map { $0 == 255 ? -1 : Int($0) }
        let parts = stride(from: 0, to: grid.count, by: width).map { Array(grid[$0..<$0 + width]) }
        let seen = try rows.ints(0, 3).map(Int.init)
        let masks = try rows.bigints(0, 5)
        let relevances = try rows.reals(0, 4)
        let mutual = try rows.bools(0, 6)
        let scores = try connection.query(
            "SELECT mean_relevance::double precision FROM entente.image_scores WHERE image_id = $1 AND part_method = $2",
            [.text(id), .text(method)])
        let said = try connection.query(
            """
            SELECT descriptor_index, similarity FROM entente.class_language_concepts WHERE class_index = $1 ORDER BY rank
            """, [.int(try rows.int(0, 19))])
        return Report.Part(
            foreground: parts.map { $0.map { $0 < 0 ? 0 : 1 } }, parts: parts,
            visionConcepts: seen.indices.map { place in
                .init(
                    descriptor: descriptors[seen[place]], index: seen[place], relevance: relevances[place],
                    parts: (0..<63).filter { masks[place] >> $0 & 1 == 1 })
            },
            languageConcepts: try (0..<said.count).map { row in
                let index = Int(try said.int(row, 0))
                return .init(descriptor: descriptors[index], index: index, similarity: try said.real(row, 1))
            },
            mutualConcepts: zip(seen, mutual).filter(\.1).map { .init(descriptor: descriptors[$0.0], index: $0.0) },
            meanRelevance: try scores.optionalDouble(0, 0).map { Float($0) },
            estimators: .init(
                released: try amounts(rows, from: 7),
                membership: try amounts(rows, from: 10, nmiMax: 13, ami: 14, pValue: 15)),
            flags: try rows.texts(0, 16))
    }

    /// Nano-nats in the columns for MI, curve and AUC as nats, with the further numbers where there are such.
    private func amounts(
        _ rows: Rows, from column: Int, nmiMax: Int? = nil, ami: Int? = nil, pValue: Int? = nil
    ) throws -> Report.Amounts {
        Report.Amounts(
            mi: Double(try rows.bigint(0, column)) / 1e9,
            curve: try rows.bigints(0, column + 1).map { Double($0) / 1e9 },
            auc: Double(try rows.bigint(0, column + 2)) / 1e9,
            nmiMax: try nmiMax.flatMap { try rows.optionalDouble(0, $0) },
            ami: try ami.flatMap { try rows.optionalDouble(0, $0) },
            pValue: try pValue.flatMap { try rows.optionalDouble(0, $0) })
    }
}
