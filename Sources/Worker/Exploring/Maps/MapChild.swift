import Foundation
import Processes

/// The process that holds a model and makes maps, as long as it lives. Belongs to one thread.
///
/// It reads the end of its input when the explorer lets go of it or ends in whatever way, and ends then.
final class MapChild {
    private let process: ChildProcess
    private let limit: Duration

    /// - Throws: ``MapChildFailure`` if it can't be started.
    init(_ options: MapChildOptions) throws {
        limit = options.limit
        do { process = try ChildProcess(options.command, environment: options.environment, output: nil) } catch {
            throw MapChildFailure(description: "The process that makes maps can't be started: \(error).")
        }
    }

    var isRunning: Bool { process.end == nil }

    /// - Parameter goesOn: asked now and then.
    /// - Throws: ``MapChildFailure``; the process is of no use then.
    func ask(_ question: MapMessage, goesOn: () -> Bool) throws -> TextMapAnswer {
        let deadline = ContinuousClock.now + limit
        do {
            try process.write(question.bytes, until: deadline, goesOn: goesOn)
            return try TextMapAnswer(
                MapMessage(limit: Self.mostOfAnswer) { count in
                    try process.read(count, until: deadline, goesOn: goesOn)
                })
        } catch ChildProcess.Silence.late {
            throw MapChildFailure(
                description:
                    "The map took more than \(limit.components.seconds) seconds and was given up; ask for a smaller model's."
            )
        } catch ChildProcess.Silence.unwanted {
            throw MapChildFailure(description: "The explorer is ending.")
        } catch ChildProcess.Silence.ended {
            throw MapChildFailure(
                description: "The process that makes maps \(lastWord); ask again, which starts another.")
        } catch {
            throw MapChildFailure(
                description: "The process that makes maps answered what is no map; ask again, which starts another.")
        }
    }

    /// Bytes of numbers: a side of 1,024 patches and more.
    private static let mostOfAnswer = 16 << 20

    private var lastWord: String {
        guard end() else { return "said nothing more and was ended" }
        switch process.end {
        case -SIGKILL: return "was killed, as the system does when memory runs short"
        case let end? where end < 0: return "was ended by signal \(-end)"
        default: return "ended with code \(process.end ?? 0)"
        }
    }

    /// Lets go of it, ends it if it does not end by itself, and waits for that.
    ///
    /// - Returns: whether it ended by itself.
    @discardableResult
    func end() -> Bool {
        process.closeInput()
        let deadline = ContinuousClock.now + .seconds(1)
        while process.end == nil, ContinuousClock.now < deadline { usleep(2_000) }
        let isOver = process.end != nil
        if !isOver { process.signal(SIGKILL) }
        process.wait()
        return isOver
    }
}
