import Inference

/// The text side of an analysis, computed once: class and descriptor embeddings, and the descriptors nearest to each
/// class (docs/method.md §3, §10).
public struct TextSide: Sendable {
    /// Classes whose affinities with the bank are held at a time, a multiple of every kernel's row block.
    private static let classesAtOnce = 240

    let classes: EmbeddingTable
    /// What the prediction is made by: ``classes``, or rows that are as long as the mean of their texts' is
    /// (docs/descriptors.md §1.1).
    let scores: EmbeddingTable
    /// Descriptors in the analysis's descriptor template.
    let bank: EmbeddingTable
    /// Descriptors on their own.
    let bare: EmbeddingTable
    private let languageConcepts: [[PartFindings.LanguageConcept]]

    /// Rows are brought to length 1 here; those that have it already keep it. Those of classes that are made of descriptors keep
    /// their length for the prediction.
    ///
    /// - Parameters:
    ///   - classEmbeddings: `[classes, e]`, see ``classEmbeddings(from:)`` and ``means(of:lists:)``.
    ///   - bankEmbeddings: `[descriptors, e]`, each descriptor in the descriptor template.
    ///   - bareEmbeddings: `[descriptors, e]`, each descriptor on its own.
    public init(
        analysis: Analysis, classEmbeddings: Matrix, bankEmbeddings: Matrix, bareEmbeddings: Matrix
    ) {
        precondition(
            classEmbeddings.rows == analysis.classes.count && classEmbeddings.rows > 0,
            "\(classEmbeddings.rows) class embeddings for \(analysis.classes.count) classes")
        precondition(
            bankEmbeddings.rows == analysis.descriptors.count && bareEmbeddings.rows == analysis.descriptors.count,
            "\(bankEmbeddings.rows) and \(bareEmbeddings.rows) embeddings for \(analysis.descriptors.count) descriptors"
        )
        classes = EmbeddingTable(classEmbeddings)
        let keepsLength = analysis.classifier?.descriptorLists != nil
        scores = keepsLength ? EmbeddingTable(classEmbeddings, isNormalized: false) : classes
        bank = EmbeddingTable(bankEmbeddings)
        bare = EmbeddingTable(bareEmbeddings)

        var lists = [[PartFindings.LanguageConcept]]()
        lists.reserveCapacity(classes.count)
        let width = classEmbeddings.columns
        for start in stride(from: 0, to: classes.count, by: Self.classesAtOnce) {
            let end = min(start + Self.classesAtOnce, classes.count)
            guard bank.count > 0 else {
                lists.append(contentsOf: repeatElement([], count: end - start))
                continue
            }
            let affinities = bank.products(
                with: Matrix(
                    rows: end - start, columns: width,
                    elements: Array(classes.embeddings.elements[start * width..<end * width])))
            for row in 0..<affinities.rows {
                lists.append(
                    Ranking.top(analysis.method.language.count, of: affinities.row(row)).map {
                        PartFindings.LanguageConcept(descriptor: $0, similarity: affinities[row, $0])
                    })
            }
        }
        languageConcepts = lists
    }

    /// Class embeddings from several templates: each normalised, averaged, normalised again (docs/method.md §3).
    ///
    /// - Parameter templateEmbeddings: one `[classes, e]` matrix a template, as the encoder gave them; at least one.
    /// - Returns: `[classes, e]`, rows of length 1.
    public static func classEmbeddings(from templateEmbeddings: [Matrix]) -> Matrix {
        precondition(!templateEmbeddings.isEmpty, "class embeddings need at least one template")
        let first = templateEmbeddings[0]
        var sums = [Double](repeating: 0, count: first.elements.count)
        for matrix in templateEmbeddings {
            precondition(
                matrix.rows == first.rows && matrix.columns == first.columns,
                "templates gave [\(first.rows), \(first.columns)] and [\(matrix.rows), \(matrix.columns)] embeddings")
            for (index, value) in matrix.rowsNormalized().elements.enumerated() { sums[index] += Double(value) }
        }
        let count = Double(templateEmbeddings.count)
        return Matrix(rows: first.rows, columns: first.columns, elements: sums.map { Float($0 / count) })
            .rowsNormalized()
    }

    /// The mean of each class's rows, themselves brought to length 1; the means are as they are.
    ///
    /// - Parameters:
    ///   - rows: `[texts, e]`, those of the first class, then of the next.
    ///   - lists: how many rows each class has, at least 1.
    /// - Returns: `[classes, e]`.
    public static func means(of rows: Matrix, lists: [Int]) -> Matrix {
        precondition(
            lists.allSatisfy { $0 > 0 } && lists.reduce(0, +) == rows.rows,
            "\(rows.rows) rows for lists of \(lists.reduce(0, +))")
        let normalized = rows.rowsNormalized()
        var result = Matrix(rows: lists.count, columns: rows.columns)
        var row = 0
        for (index, count) in lists.enumerated() {
            var sum = [Double](repeating: 0, count: rows.columns)
            for _ in 0..<count {
                for (column, value) in normalized.row(row).enumerated() { sum[column] += Double(value) }
                row += 1
            }
            for column in sum.indices { result[index, column] = Float(sum[column] / Double(count)) }
        }
        return result
    }

    /// The descriptors nearest to a class, most similar first: `language.count` of them, or the whole bank.
    public func languageConcepts(ofClass index: Int) -> [PartFindings.LanguageConcept] {
        languageConcepts[index]
    }

    public var descriptorCount: Int { bank.count }

    /// `[descriptors, e]`, in the descriptor template, rows of length 1.
    public var bankEmbeddings: Matrix { bank.embeddings }
}
