/// The values of one metric under one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
    /// Appends its lines to a page.
    ///
    /// - Parameter labels: as they stand between the braces; empty for none.
    func write(_ name: String, _ labels: String, to page: inout PrometheusPage)
}
