import Fetch

/// How much of a model's files is there, as one bar.
final class DownloadBar: DownloadProgress {
    private var bar: ProgressBar
    private var sizes: [String: Int]
    private var done: [String: Int] = [:]
    private var hasBegun = false
    private var next = ContinuousClock.now

    init(_ files: [HubCommit.File]) {
        sizes = Dictionary(files.map { ($0.name, $0.bytes ?? 0) }) { first, _ in first }
        bar = ProgressBar(totalBytes: 0, before: 0)
    }

    func show(_ file: String, _ bytes: Int) {
        done[file] = bytes
        // Where a hub does not say how long a file is, it is as long as what there is of it.
        sizes[file] = max(sizes[file] ?? 0, bytes)
        let sum = done.values.reduce(0, +)
        if !hasBegun {
            hasBegun = true
            bar = ProgressBar(totalBytes: 0, before: sum)
        }
        guard next <= .now || sum == sizes.values.reduce(0, +) else { return }
        next = .now + .milliseconds(100)
        bar.total = sizes.values.reduce(0, +)
        bar.show(sum)
    }

    func finish() { bar.finish() }
}
