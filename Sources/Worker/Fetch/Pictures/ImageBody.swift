import Foundation
import HTTP
import Jobs

/// Collects an answer's body: a picture within the limit, or the beginning of what an error says. Belongs to one thread.
final class ImageBody {
    /// Bytes of a body that is no picture to read on for, so that its connection can be used again.
    private static let drained = 64 << 10
    /// Bytes of it to look at.
    private static let kept = 4 << 10

    private let limit: Int
    private var bytes: [UInt8] = []
    private var count = 0
    private var isTooLarge = false

    /// - Parameter limit: bytes of a picture at most.
    init(limit: Int) { self.limit = limit }

    /// Takes what comes; `false` ends the exchange.
    func receive(_ head: HTTPHead, _ chunk: UnsafeRawBufferPointer) -> Bool {
        count += chunk.count
        guard Self.isPicture(head) else {
            bytes += chunk.prefix(max(0, Self.kept - bytes.count))
            return count <= Self.drained
        }
        isTooLarge = count > limit || (Self.length(head) ?? 0) > limit
        guard !isTooLarge else { return false }
        if bytes.isEmpty { bytes.reserveCapacity(max(chunk.count, Self.length(head) ?? 0)) }
        bytes += chunk
        return true
    }

    /// Bytes of the picture, if the head says: of one with a coding it says something else.
    private static func length(_ head: HTTPHead) -> Int? { head.isCoded ? nil : head.contentLength }

    private static func isPicture(_ head: HTTPHead) -> Bool { head.status == 200 || head.status == 203 }

    /// What an error says, as far as it was kept.
    var errorText: String { String(decoding: bytes, as: UTF8.self) }

    /// The picture.
    ///
    /// - Parameter detail: what the error's body says, for messages.
    /// - Throws: ``ImageFailure`` or ``TransientFetchFailure``, by the status.
    func contents(_ head: HTTPHead, _ shown: String, detail: String? = nil) throws -> [UInt8] {
        let answer = "HTTP \(head.status)" + (detail.map { ", \($0)" } ?? "")
        switch head.status {
        case _ where isTooLarge:
            let size = Self.length(head).map { "has \($0) bytes" } ?? "has more bytes than are taken"
            throw ImageFailure(.tooLarge, "\(shown) \(size); the limit is \(limit).")
        case 200, 203: return bytes
        case 404, 410: throw ImageFailure(.notFound, "\(shown) does not exist (\(answer)).")
        case 401, 403, 407, 451: throw ImageFailure(.unreadable, "\(shown) may not be read (\(answer)).")
        case 408, 425, 429, 500...599:
            throw TransientFetchFailure(
                description: "\(shown) can't be fetched now: \(answer).", retryAfter: Self.retryAfter(head))
        default: throw ImageFailure(.httpStatus, "\(shown) is answered with \(answer) and not with a picture.")
        }
    }

    /// Seconds until the host wants to be asked again: a number of them or a date.
    static func retryAfter(_ head: HTTPHead, now: Date = Date()) -> Double? {
        guard let text = head["retry-after"] else { return nil }
        if let seconds = UInt32(text) { return Double(seconds) }
        return HTTPDate.seconds(of: text).map { max(0, $0 - now.timeIntervalSince1970) }
    }
}
