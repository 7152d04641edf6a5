/// How classes moved from one analysis to another, matched by id.
enum ClassChanges {
    /// - Parameters: what ``AnalysisPage/points(of:_:_:_:)`` gives.
    /// - Returns: the largest move of AUC first.
    static func between(_ before: [Record], _ now: [Record]) -> [Record] {
        let former = Dictionary(before.map { ($0.text("class_id") ?? "", $0) }) { first, _ in first }
        let moved = now.compactMap { row -> Record? in
            guard let old = former[row.text("class_id") ?? ""] else { return nil }
            func change(_ name: String) -> Double? {
                guard let was = old.number(name), let is_ = row.number(name) else { return nil }
                return is_ - was
            }
            return [
                "class_id": row["class_id"], "class_name": row["class_name"], "href": row["href"],
                "from_auc": old["auc"], "to_auc": row["auc"], "delta_auc": Format.nats.difference(change("auc")),
                "from_top_1": old["top_1"], "to_top_1": row["top_1"],
                "delta_top_1": Format.share.difference(change("top_1")),
                "from_mi": old["mi"], "to_mi": row["mi"], "delta_mi": Format.nats.difference(change("mi")),
            ]
        }
        return moved.sorted { abs($0.number("delta_auc") ?? 0) > abs($1.number("delta_auc") ?? 0) }
    }
}
