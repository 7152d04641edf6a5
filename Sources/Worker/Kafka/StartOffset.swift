/// Where reading of a partition starts.
package enum StartOffset: Sendable, Hashable {
    /// The first record with this offset or a later one. Outside the log it raises ``KafkaError/isOutOfRange``.
    case offset(Int64)
    /// The oldest record that the broker still has.
    case earliest
    /// Records that arrive from now on.
    case latest

    /// No negative offset, which librdkafka would take for one of its marks.
    var isValid: Bool { if case .offset(let offset) = self { offset >= 0 } else { true } }

    /// librdkafka's number for it: an offset, or one of its negative marks.
    var rawOffset: Int64 {
        switch self {
        case .offset(let offset): offset
        case .earliest: -2
        case .latest: -1
        }
    }
}
