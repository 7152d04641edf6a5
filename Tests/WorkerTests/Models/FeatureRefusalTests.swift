import Concepts
import Inference
import Testing

@testable import Worker

@Suite struct FeatureRefusalTests {
    /// Keys are a transformer's.
    @Test func featuresThatAModelLacksAreRefusedByName() throws {
        let folder = Checkout.root + "/Tests/InferenceTests/Golden/encoder/"
        let resNet = try ModelDirectory(folder + "resnet-f32").configuration
        let transformer = try ModelDirectory(folder + "quick-gelu-f16").configuration
        var method = MethodParameters()
        #expect(resNet.refusal(of: method) == nil)
        for features in [MethodParameters.Features.keys, .ensemble] {
            method.features = features
            #expect(transformer.refusal(of: method) == nil)
            #expect(resNet.refusal(of: method)?.contains("method.features: \(features.rawValue)") == true)
        }
    }
}
