import Foundation

/// CPU time by stage, of the thread that runs it: what other programs do meanwhile does not count, nor does waiting.
struct StageClock {
    /// What one stage takes for an image.
    struct Stage: Encodable {
        let stage: String
        /// Milliseconds an image.
        let median: Double, fastest: Double, slowest: Double
    }

    private var names: [String] = []
    private var samples: [String: [Double]] = [:]

    /// Runs `body` and notes its time for `stage`, shared among `images`.
    mutating func time<R>(_ stage: String, images: Int = 1, _ body: () throws -> R) rethrows -> R {
        let start = Self.threadSeconds
        let result = try body()
        add(stage, seconds: Self.threadSeconds - start, images: images)
        return result
    }

    mutating func add(_ stage: String, seconds: Double, images: Int) {
        if samples[stage] == nil { names.append(stage) }
        samples[stage, default: []].append(seconds * 1000 / Double(images))
    }

    /// In order of their first run.
    var stages: [Stage] {
        names.map { name in
            let sorted = (samples[name] ?? []).sorted()
            return Stage(
                stage: name, median: sorted[sorted.count / 2], fastest: sorted[0], slowest: sorted[sorted.count - 1])
        }
    }

    /// CPU seconds of the calling thread so far.
    static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
