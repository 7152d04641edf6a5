/// A number in a report: the shortest digits that read back as the same value, or null when undefined.
enum ReportNumber: Encodable, Equatable {
    case single(Float)
    case double(Double)
    case undefined

    init(_ value: Float) { self = value.isFinite ? .single(value) : .undefined }

    init(_ value: Double?) {
        guard let value, value.isFinite else {
            self = .undefined
            return
        }
        self = .double(value)
    }

    /// In nats.
    init(_ value: NanoNats) { self = .double(value.nats) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .single(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .undefined: try container.encodeNil()
        }
    }
}
