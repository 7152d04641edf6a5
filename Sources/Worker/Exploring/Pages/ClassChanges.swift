/// How classes moved from one analysis to another, matched by id.
enum ClassChanges {
    /// - Parameters: rows of ``ClassPoints``.
    /// - Returns: the largest move of AUC first, `limit` of them at most.
    static func between(_ before: [Record], _ now: [Record], limit: Int = .max) -> [Record] {
        let former = Dictionary(before.map { ($0.text("class_id") ?? "", $0) }) { first, _ in first }
        let pairs = now.compactMap { row in
            former[row.text("class_id") ?? ""].map { (old: $0, row: row, move: abs(change("auc", $0, row) ?? 0)) }
        }
        return pairs.sorted { $0.move > $1.move }.prefix(limit).map { old, row, _ in
            [
                "class_id": row["class_id"], "class_name": row["class_name"], "href": row["href"],
                "from_auc": old["auc"], "to_auc": row["auc"],
                "delta_auc": Format.nats.difference(change("auc", old, row)),
                "from_top_1": old["top_1"], "to_top_1": row["top_1"],
                "delta_top_1": Format.share.difference(change("top_1", old, row)),
                "from_mi": old["mi"], "to_mi": row["mi"], "delta_mi": Format.nats.difference(change("mi", old, row)),
            ]
        }
    }

    private static func change(_ name: String, _ old: Record, _ row: Record) -> Double? {
        guard let was = old.number(name), let is_ = row.number(name) else { return nil }
        return is_ - was
    }
}
