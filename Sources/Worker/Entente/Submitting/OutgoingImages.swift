import Inference
import Jobs

/// An image on its way into a job.
struct OutgoingImage: Hashable, Sendable {
    let image: ImageJob.Image
    /// The name its job carries.
    var group: Identifier?
    /// Images in sequence with equal ones go as one job of as many as a job can have; nil: as jobs fill.
    var jointKey: [Identifier?]?
}

/// Images that can be gone through several times, so that none has to be kept: they are packed to see whether they
/// fit, announced, and sent.
protocol OutgoingImages {
    /// The same images in the same order each time.
    func forEach(_ body: (OutgoingImage) throws -> Void) throws
}
