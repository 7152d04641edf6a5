import Concepts
import Foundation

/// Analyses and what belongs to them once: classes, bank, names, language concepts.
public struct AnalysisStore {
    let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    /// Makes an analysis known under a name, its latest; an analysis that is known already gains an alias.
    ///
    /// - Returns: whether it was new.
    @discardableResult
    public func register(_ analysis: Analysis, name: String) throws -> Bool {
        try StorableText.check(key: name, "the analysis's name")
        for entry in analysis.classes {
            try StorableText.check(key: entry.id.text, "a class's id")
            try StorableText.check(entry.name, "the name of class \(entry.id)")
        }
        for (index, descriptor) in analysis.descriptors.enumerated() {
            try StorableText.check(descriptor.text, "descriptor \(index)")
        }
        let id = analysis.id
        return try connection.transaction {
            let isNew =
                try connection.query(
                    """
                    INSERT INTO entente.analyses
                        (analysis_id, name, canonical_json, method_revision, model_weights, setting_digest)
                    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
                    """,
                    [
                        .text(id), .text(name), .text(analysis.canonicalJSON),
                        .int(Int32(clamping: analysis.methodRevision)),
                        .text(analysis.model.weights), .text(analysis.settingDigest),
                    ]
                ).affected == 1
            if isNew { try writeContents(of: analysis, id) }
            try connection.query(
                """
                INSERT INTO entente.analysis_names (name, analysis_id) VALUES ($1, $2)
                ON CONFLICT (name, analysis_id) DO UPDATE SET named_at = clock_timestamp()
                """, [.text(name), .text(id)])
            try connection.query(
                "UPDATE entente.analyses SET name = $2 WHERE analysis_id = $1 AND name <> $2", [.text(id), .text(name)])
            return isNew
        }
    }

    private func writeContents(of analysis: Analysis, _ id: String) throws {
        try connection.query(
            """
            INSERT INTO entente.classes (analysis_id, class_index, class_id, name)
            SELECT $1, u.place - 1, u.class_id, u.name
            FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS u (class_id, name, place)
            """, [.text(id), .identifiers(analysis.classes.map(\.id)), .texts(analysis.classes.map(\.name))])
        try connection.query(
            """
            INSERT INTO entente.descriptors (analysis_id, descriptor_index, descriptor)
            SELECT $1, u.place - 1, u.descriptor FROM unnest($2::text[]) WITH ORDINALITY AS u (descriptor, place)
            """, [.text(id), .identifiers(analysis.descriptors)])
    }

    private static let load = Statement(
        "entente_load_analysis", "SELECT canonical_json, method_revision FROM entente.analyses WHERE analysis_id = $1")

    /// nil when nobody registered it.
    ///
    /// - Throws: ``PersistenceError`` of code `revision` when a later build registered it and this one can't read it; of
    ///   code `schema` when this build reads the content otherwise than the one that registered it, and so would compute
    ///   something else under the same id.
    public func load(_ id: String) throws -> Analysis? {
        guard !id.utf8.contains(0) else { return nil }
        let rows = try connection.run(Self.load, [.text(id)])
        guard rows.count > 0 else { return nil }
        let json = try rows.text(0, 0)
        guard let analysis = try? JSONDecoder().decode(Analysis.self, from: Data(json.utf8)), analysis.id == id else {
            let revision = try rows.int(0, 1)
            guard revision <= MethodStage.newest else {
                throw PersistenceError(
                    .revision,
                    "analysis \(id) has method revision \(revision), which a later build has made; this one reads revisions "
                        + "up to \(MethodStage.newest), so use that build")
            }
            throw PersistenceError(
                .schema,
                "analysis \(id) was registered by a build that writes analyses otherwise than this one; use that build, "
                    + "or submit under a new analysis")
        }
        return analysis
    }

    /// The id that an argument means: an id, the analysis that last took a name, or the only one whose id begins so.
    ///
    /// - Throws: ``PersistenceError`` of code `not_found` that says what there is.
    public func resolve(_ argument: String) throws -> String {
        try StorableText.check(argument, "the analysis's name or id")
        let rows = try connection.query(
            """
            (SELECT analysis_id, 0 AS how FROM entente.analyses WHERE analysis_id = $1)
            UNION ALL
            (SELECT analysis_id, 1 FROM entente.analysis_names WHERE name = $1 ORDER BY named_at DESC LIMIT 1)
            UNION ALL
            (SELECT analysis_id, 2 FROM entente.analyses WHERE $1 <> '' AND starts_with(analysis_id, $1) LIMIT 2)
            ORDER BY how
            """, [.text(argument)])
        guard rows.count > 0 else {
            let known = try list().prefix(10).map { "\($0.name) (\($0.id.prefix(8)))" }
            throw PersistenceError(
                .notFound,
                "no analysis is called \(argument); "
                    + (known.isEmpty ? "none is registered yet" : "there are \(known.joined(separator: ", "))"))
        }
        if try rows.int(0, 1) == 2, rows.count > 1 {
            throw PersistenceError(
                .notFound, "several analyses begin with \(argument); write more digits of the id")
        }
        return try rows.text(0, 0)
    }

    /// The id of an image of the analysis that has one of these URIs or hashes of its bytes, which it was announced with or analysed
    /// as; nil if there is none.
    public func image(of id: String, uris: Set<String>, hashes: Set<String>) throws -> String? {
        let rows = try connection.query(
            """
            SELECT i.image_id FROM entente.images AS i LEFT JOIN entente.image_results AS r USING (analysis_id, image_id)
            WHERE i.analysis_id = $1
                AND (i.uri = ANY ($2::text[]) OR i.sha256 = ANY ($3::text[]) OR r.sha256 = ANY ($3::text[]))
            ORDER BY i.image_id LIMIT 1
            """, [.text(id), .texts(uris.sorted()), .texts(hashes.sorted())])
        return rows.count > 0 ? try rows.text(0, 0) : nil
    }

    /// Every analysis, the latest first, with where its images stand.
    public func list() throws -> [AnalysisEntry] {
        let rows = try connection.query(
            """
            SELECT analysis_id, name, expected, done, failed, pending FROM entente.analysis_progress
            ORDER BY registered_at DESC, analysis_id
            """)
        return try (0..<rows.count).map { row in
            try AnalysisEntry(
                id: rows.text(row, 0), name: rows.text(row, 1), progress: AnalysisProgress(rows, row, from: 2))
        }
    }

    /// Keeps what the language side finds for each class; the first copy stays.
    ///
    /// - Parameter concepts: one list a class, in class order, similarity descending.
    public func storeLanguageConcepts(
        _ concepts: [[PartFindings.LanguageConcept]], analysisID: String
    ) throws {
        guard try languageConcepts(analysisID: analysisID) == nil else { return }
        var classes: [Int32] = []
        var ranks: [Int32] = []
        var descriptors: [Int32] = []
        var similarities: [Float] = []
        for (index, list) in concepts.enumerated() {
            for (rank, concept) in list.enumerated() {
                classes.append(Int32(clamping: index))
                ranks.append(Int32(clamping: rank))
                descriptors.append(Int32(clamping: concept.descriptor))
                similarities.append(concept.similarity)
            }
        }
        try connection.query(
            """
            INSERT INTO entente.class_language_concepts
                (analysis_id, class_index, rank, descriptor_index, similarity)
            SELECT $1, u.* FROM unnest($2::integer[], $3::integer[], $4::integer[], $5::real[]) AS u
            ORDER BY 2, 3
            ON CONFLICT DO NOTHING
            """, [.text(analysisID), .ints(classes), .ints(ranks), .ints(descriptors), .reals(similarities)])
    }

    /// One list a class up to the last class that has any; nil when none were stored.
    public func languageConcepts(analysisID: String) throws -> [[PartFindings.LanguageConcept]]? {
        let rows = try connection.query(
            """
            SELECT class_index, descriptor_index, similarity FROM entente.class_language_concepts
            WHERE analysis_id = $1 ORDER BY class_index, rank
            """, [.text(analysisID)])
        guard rows.count > 0 else { return nil }
        var lists: [[PartFindings.LanguageConcept]] = []
        for row in 0..<rows.count {
            let index = Int(try rows.int(row, 0))
            while lists.count <= index { lists.append([]) }
            try lists[index].append(.init(descriptor: Int(rows.int(row, 1)), similarity: rows.real(row, 2)))
        }
        return lists
    }
}
