import Jobs
import Persistence

/// The images of an analysis on their way to another one, straight out of the tables; belongs to one thread.
final class ReplayedImages: OutgoingImages {
    /// Images that can't be sent again, by the reason; of the last pass.
    struct LeftOut: Hashable {
        /// They came as `data:` and their bytes were not kept.
        var notKept = 0
        /// With the hash of their bytes they no longer fit a message.
        var tooLarge = 0
        /// Their URIs are longer than a job's may be: they were submitted when that was not limited.
        var longURI = 0
        var count: Int { notKept + tooLarge + longURI }
    }

    private(set) var leftOut = LeftOut()
    private let source: ReplaySource
    private let labels: LabelTranslation
    private let fits: (OutgoingImage) -> Bool

    init(_ source: ReplaySource, labels: LabelTranslation, fits: @escaping (OutgoingImage) -> Bool) {
        self.source = source
        self.labels = labels
        self.fits = fits
    }

    func forEach(_ body: (OutgoingImage) throws -> Void) throws {
        leftOut = LeftOut()
        try source.forEach { found in
            let reference = found.reference
            guard reference.uri != "data:" else {
                leftOut.notKept += 1
                return
            }
            guard reference.uri.utf8.count <= ImageJob.maximumURIBytes || reference.uri.hasPrefix("data:") else {
                leftOut.longURI += 1
                return
            }
            let entry = OutgoingImage(
                image: try ImageJob.Image(
                    id: reference.id, uri: reference.uri, label: reference.label.map(labels.callAsFunction),
                    sha256: reference.sha256),
                group: reference.group, jointKey: found.jointKey)
            guard fits(entry) else {
                leftOut.tooLarge += 1
                return
            }
            try body(entry)
        }
    }
}
