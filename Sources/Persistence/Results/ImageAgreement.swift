import Inference

/// The rows of a batch against the results in place: an image is one picture with one label, so that what is written without
/// force has to be of the same class and of the same bytes.
struct ImageAgreement {
    /// Indexes into the batch's results.
    private let places: [Int]
    private let rows: [ImageRow]

    /// Only where not every row was written: a row that was written has met none.
    private static let check = Statement(
        "entente_check_results",
        "SELECT entente.check_results($1, $2, $3, $4, $5) WHERE \(ResultColumns.writtenSoFar) < $6")
    private static let differing = Statement(
        "entente_differing_results", "SELECT entente.differing_results($1, $2, $3, $4, $5)")

    init(_ rows: [ImageRow]) {
        self.rows = rows
        // A forced row replaces, or is of an older submission than what replaced it; without a submission it does neither.
        places = rows.indices.filter { !rows[$0].force || rows[$0].submissionID == nil }
    }

    var isEmpty: Bool { places.isEmpty }

    /// Raises ``PersistenceError/imageConflictState`` if the table disagrees; to be run after the results.
    var check: Call { Call(Self.check, parameters + [.int(Int32(clamping: rows.count))]) }

    /// Answers with a list of ``places``, from 1, that disagree; to be run after the results.
    var differing: Call { Call(Self.differing, parameters) }

    /// Indexes of the rows that `answer` to ``differing`` lists.
    func conflicts(_ answer: Rows) throws -> [Int] {
        try answer.optionalInts(0, 0).compactMap { $0.map { places[Int($0) - 1] } }
    }

    private var parameters: [Parameter] {
        [
            .texts(places.map { rows[$0].analysisID }), .identifiers(places.map { rows[$0].image.id }),
            .ints(places.map { place in rows[place].labelIndex.map { Int32(clamping: $0) } }),
            .texts(places.map { rows[$0].contentHash }), .identifiers(places.map { rows[$0].submissionID }),
        ]
    }
}
