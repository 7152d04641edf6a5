extension Panel {
    /// Columns that the panel names: the axes of a chart, the values of a stat, the headers of a table, what series are
    /// split by, and what has a unit of its own.
    public var namedColumns: Set<String> {
        var names = Set(transformations.flatMap { $0.options.fields ?? [] })
        names.formUnion(tableColumns)
        for series in options.series ?? [] { names.formUnion([series.x.matcher.options, series.y.matcher.options]) }
        names.formUnion(reducedColumns)
        if type == .timeseries { names.insert("time") }
        names.formUnion(fieldConfig.overrides.map { column(shownAs: $0.matcher.options) })
        return names
    }

    /// Whether ``namedColumns`` are all columns that the query has.
    public var namesEveryColumn: Bool { type == .table }

    /// Of ``namedColumns``, those that have to be numbers.
    public var numericColumns: Set<String> {
        Set((options.series ?? []).flatMap { [$0.x.matcher.options, $0.y.matcher.options] }).union(reducedColumns)
    }

    private var tableColumns: Dictionary<String, Int>.Keys {
        transformations.reduce(into: [:]) { all, next in all.merge(next.options.indexByName ?? [:]) { $1 } }.keys
    }

    /// `/^(a|b)$/` is how a stat panel is told which fields to show.
    private var reducedColumns: [String] {
        let names = options.reduceOptions?.fields.trimmingPrefix("/^").dropLast(2) ?? ""
        return names.split { "(|)".contains($0) }.map(String.init)
    }

    /// Overrides go by the name that is shown.
    private func column(shownAs header: String) -> String {
        let renamed = transformations.flatMap { $0.options.renameByName ?? [:] }
        return renamed.first { $0.value == header }?.key ?? header
    }
}
