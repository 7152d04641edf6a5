import Concepts
import Inference

/// What a vision encoder computes in, and how its layers were fitted to that.
package struct VisionForm: Sendable, Hashable, CustomStringConvertible {
    package let precision: Precision
    package let smoothing: Smoothing?

    package init(_ precision: Precision, smoothing: Smoothing? = nil) {
        (self.precision, self.smoothing) = (precision, smoothing)
    }

    /// Such as `int8, calibrated`.
    package var description: String { precision.rawValue + (smoothing == nil ? "" : ", calibrated") }

    package static let floats = VisionForm(.fp32)
}

extension Analysis {
    /// What pictures are encoded by that are made from an image.
    package var visionForm: VisionForm { VisionForm(method.precision, smoothing: smoothing) }
}
