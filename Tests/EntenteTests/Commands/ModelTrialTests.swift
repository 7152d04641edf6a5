import Inference
import Testbed
import Testing

@testable import Analyzing
@testable import Entente

/// What `models verify` runs through a model.
@Suite struct ModelTrialTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test func verifyingRunsAPictureThrough() throws {
        let model = try OverflowingModel.load("visual.proj", times: 3e38, in: scratch)
        #expect {
            try model.tryVision()
        } throws: { error in
            (error as? InferenceError)?.code == .encoderOverflow
                && "\(error)".hasPrefix(
                    "\(model.directory.weightsPath): the weights are finite, but the vision encoder")
        }
        try model.tryText()
        try DemoAnalysis.shared().model.tryVision()
        try DemoAnalysis.shared().model.tryText()
    }
}
