/// The rows of a text encoder that one text's pooled row depends on, in the order in which they are computed.
struct TokenRows {
    /// A token at its place.
    struct Row: Comparable {
        let position: Int
        /// The token's id, or what stands for a learnt row behind the tokens.
        let token: Int32

        /// A learnt row that sees itself.
        static let learnt: Int32 = -1
        /// A learnt row that sees all rows but itself.
        static let learntUnseen: Int32 = -2

        static func < (left: Row, right: Row) -> Bool {
            (left.position, left.token) < (right.position, right.token)
        }
    }

    let rows: [Row]
    let pooled: Int

    /// The text as far as its pooled token sees.
    init(_ tokens: [Int32], pooledAt pooled: Int, isCausal: Bool) {
        self.pooled = pooled
        rows = (isCausal ? tokens.prefix(pooled + 1) : tokens[...]).enumerated().map {
            Row(position: $0.offset, token: $0.element)
        }
    }

    /// A whole row of tokens with a learnt row behind it that pools, as CoCa has it: no row sees those one place behind an id of
    /// padding, so these are left out, but for the first (docs/models.md §7).
    init(_ tokens: [Int32], learntRowBehind padding: Int32) {
        var rows = tokens.indices.filter { $0 == 0 || tokens[$0 - 1] != padding }.map {
            Row(position: $0, token: tokens[$0])
        }
        let isSeen = tokens.last != padding
        rows.append(Row(position: tokens.count, token: isSeen ? Row.learnt : Row.learntUnseen))
        self.rows = rows
        pooled = rows.count - 1
    }

    /// Whether the pooled row sees itself.
    var seesPooled: Bool { rows[pooled].token != Row.learntUnseen }
}
