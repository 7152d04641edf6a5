import Kafka

/// A disturbance that the in-process broker is told of while it runs: one line of words.
enum BrokerOrder: Sendable, Equatable {
    /// Brokers are counted from 1; nil is all of them.
    case down(Int32?)
    case up(Int32?)
    case roundTrip(Int32?, milliseconds: Int)
    case errors(MockBroker.Request, count: Int, code: KafkaErrorCode)
    case clear(MockBroker.Request)

    /// What a line may say, for `--help` and for messages.
    static let grammar = """
        down BROKER|all, up BROKER|all, rtt BROKER|all MILLISECONDS, errors REQUEST COUNT ERROR, clear REQUEST
        """

    /// A line that is no order, and why.
    struct Misunderstood: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter line: words between blanks, such as `errors Fetch 3 NOT_LEADER_FOR_PARTITION`.
    init(parsing line: String) throws(Misunderstood) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        switch (words.first, words.count) {
        case ("down", 2): self = .down(try Self.broker(words[1]))
        case ("up", 2): self = .up(try Self.broker(words[1]))
        case ("rtt", 3):
            self = .roundTrip(try Self.broker(words[1]), milliseconds: try Self.number(words[2], in: 0...60_000))
        case ("errors", 4):
            self = .errors(
                try Self.request(words[1]), count: try Self.number(words[2], in: 1...10_000),
                code: try Self.error(words[3]))
        case ("clear", 2): self = .clear(try Self.request(words[1]))
        default: throw Misunderstood(description: "“\(line)” is not understood; orders are: \(Self.grammar)")
        }
    }

    private static func broker(_ word: String) throws(Misunderstood) -> Int32? {
        word == "all" ? nil : Int32(try number(word, in: 1...100))
    }

    private static func number(_ word: String, in range: ClosedRange<Int>) throws(Misunderstood) -> Int {
        guard let number = Int(word), range.contains(number) else {
            throw Misunderstood(description: "“\(word)” is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func request(_ word: String) throws(Misunderstood) -> MockBroker.Request {
        guard let request = MockBroker.Request(named: word) else {
            let known = MockBroker.Request.allCases.map(\.name).joined(separator: ", ")
            throw Misunderstood(description: "“\(word)” is no kind of request; known are \(known)")
        }
        return request
    }

    private static func error(_ word: String) throws(Misunderstood) -> KafkaErrorCode {
        guard let code = KafkaErrorCode(named: word) else {
            throw Misunderstood(description: "“\(word)” is no error that librdkafka knows")
        }
        return code
    }
}

extension MockBroker {
    /// - Throws: ``KafkaError`` for a broker that isn't there.
    func obey(_ order: BrokerOrder) throws(KafkaError) {
        switch order {
        case .down(let broker): try takeDown(broker)
        case .up(let broker): try bringUp(broker)
        case .roundTrip(let broker, let milliseconds): try setRoundTrip(.milliseconds(milliseconds), broker: broker)
        case .errors(let request, let count, let code):
            fail(request, with: Array(repeating: code, count: count))
        case .clear(let request): clearFailures(of: request)
        }
    }
}
