import Concepts
import Inference
import Testbed
import Testing

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

    @Test func denseMethodsNeedTokens() throws {
        let folder = Checkout.root + "/Tests/InferenceTests/Golden/encoder/"
        var features = MethodParameters()
        features.features = .dense(.sclip)
        var prompting = MethodParameters()
        prompting.prompting.dense = .naclip
        for model in ["resnet-f32", "convnext-f16-linear"] {
            let convolutional = try ModelDirectory(folder + model).configuration
            #expect(convolutional.refusal(of: features)?.hasPrefix("method.features.dense: sclip needs") == true)
            #expect(convolutional.refusal(of: prompting)?.hasPrefix("method.prompting.dense: naclip needs") == true)
        }
        let transformer = try ModelDirectory(folder + "quick-gelu-f16").configuration
        #expect(transformer.refusal(of: features) == nil && transformer.refusal(of: prompting) == nil)
        let single = try ModelDirectory(folder + "positions-up-f32").configuration
        #expect(single.refusal(of: DenseMethod.scClip)?.contains("only one") == true)
        #expect(single.refusal(of: DenseMethod.resclip) == nil)
    }
}
