/// The texts of one call, each as far as its pooled token sees, in the order in which they are encoded.
///
/// Where a token sees only those before it, texts are sorted by their tokens, so that each follows the one with which it shares
/// the most of its beginning; what is shared is computed once. Elsewhere the same texts come together, and are one.
struct TextOrder {
    struct Text {
        /// Among the texts of the call.
        let index: Int
        /// The rows that are computed, shared ones among them.
        let rows: TokenRows
        /// Rows that are the previous text's: none, all, or where tokens don't see what follows, the common beginning.
        let shared: Int

        /// Rows that are computed.
        var length: Int { rows.rows.count }
        var pooled: Int { rows.pooled }

        /// Whether it is the previous text over again.
        var isRepeated: Bool { shared == length }
    }

    private(set) var texts: [Text] = []

    /// - Parameters:
    ///   - tokens: whole rows.
    ///   - pooling: of the model.
    ///   - isCausal: whether a token sees only itself and those before it.
    ///   - sharing: otherwise every text is computed by itself, in the order given.
    init(_ tokens: [[Int32]], _ pooling: TextPooling, isCausal: Bool, sharing: Bool = true) {
        self.init(
            tokens.map { TokenRows($0, pooledAt: pooling.position(in: $0), isCausal: isCausal) }, isCausal: isCausal,
            sharing: sharing)
    }

    /// - Parameters:
    ///   - seen: what is computed of each text.
    ///   - isCausal: whether a row sees only itself and those before it.
    ///   - sharing: otherwise every text is computed by itself, in the order given.
    init(_ seen: [TokenRows], isCausal: Bool, sharing: Bool = true) {
        var order = Array(seen.indices)
        if sharing {
            order.sort { left, right in
                if seen[left].rows.lexicographicallyPrecedes(seen[right].rows) { return true }
                return left < right && seen[left].rows == seen[right].rows
            }
        }
        texts.reserveCapacity(order.count)
        var previous: [TokenRows.Row] = []
        for index in order {
            let own = seen[index].rows
            let common = sharing ? zip(previous, own).prefix { $0 == $1 }.count : 0
            let isWhole = common == own.count && common == previous.count
            texts.append(
                Text(index: index, rows: seen[index], shared: isCausal || isWhole ? common : 0))
            previous = own
        }
    }

    /// The texts in runs of up to `items` different ones with up to `rows` rows, as they fit a workspace. A run computes what it shares
    /// with the one before it by itself.
    ///
    /// - Parameter rows: at least as many as the longest text has.
    func batches(items: Int, rows: Int) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var (start, taken, used) = (0, 0, 0)
        for (place, text) in texts.enumerated() {
            let isFirst = place == start
            let own = isFirst ? text.length : text.length - text.shared
            if !isFirst, !text.isRepeated, taken == items || used + own > rows {
                batches.append(start..<place)
                (start, taken, used) = (place, 1, text.length)
            } else if isFirst || !text.isRepeated {
                (taken, used) = (taken + 1, used + own)
            }
        }
        if start < texts.count { batches.append(start..<texts.count) }
        return batches
    }
}
