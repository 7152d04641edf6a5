import Concepts
import Inference

/// What is written of one image that succeeded.
public struct ImageRow: Sendable {
    public var analysisID: String
    public var image: ImageReference
    /// Place of the label among the analysis's classes; nil without a label.
    public var labelIndex: Int?
    /// Lower-case hex SHA-256 of the bytes that were analysed.
    public var contentHash: String?
    /// Of the images that were decomposed together; nil for `decomposition: image`.
    public var groupDigest: String?
    public var submissionID: Identifier?
    /// Whether the row of ``image`` may say something else, or was not there when its job was begun: it becomes what this says, if
    /// this is written.
    public var isNamedAnew: Bool
    /// Replaces a row whose submission is older than ``submissionID``; without a submission it replaces nothing.
    public var force: Bool
    public var worker: String
    public var kernelSet: String
    public var methodRevision: Int
    public var timings: StageTimings
    /// See ``Shard``.
    public var shard: Int
    public var findings: ImageFindings

    public init(
        analysisID: String, image: ImageReference, labelIndex: Int?, contentHash: String? = nil,
        groupDigest: String? = nil, submissionID: Identifier? = nil, isNamedAnew: Bool = false, force: Bool = false,
        worker: String,
        kernelSet: String, methodRevision: Int, timings: StageTimings = .init(),
        shard: Int, findings: ImageFindings
    ) {
        self.analysisID = analysisID
        self.image = image
        self.labelIndex = labelIndex
        self.contentHash = contentHash
        self.groupDigest = groupDigest
        self.submissionID = submissionID
        self.isNamedAnew = isNamedAnew
        self.force = force
        self.worker = worker
        self.kernelSet = kernelSet
        self.methodRevision = methodRevision
        self.timings = timings
        self.shard = shard
        self.findings = findings
    }

    var key: ImageKey { ImageKey(analysisID: analysisID, imageID: image.id) }
}

/// What identifies an image's rows.
struct ImageKey: Hashable {
    let analysisID: String
    let imageID: Identifier
}
