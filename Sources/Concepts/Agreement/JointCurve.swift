/// The curves of an image's part methods as one: each padded with zeros at its end to the length of the longest, and the mean
/// of them taken step by step, as the released code plots a single picture.
public struct JointCurve: Sendable, Equatable {
    /// Nats, from step 0.
    public let values: [Double]

    /// - Parameter curves: nats, one a part method; at least one.
    public init(_ curves: [[Double]]) {
        let longest = curves.map(\.count).max() ?? 0
        values = (0..<longest).map { step in
            curves.reduce(0) { $0 + (step < $1.count ? $1[step] : 0) } / Double(curves.count)
        }
    }

    /// Its first point, nats.
    public var mi: Double { values.first ?? 0 }
    /// The mean of its points, nats.
    public var auc: Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
}
