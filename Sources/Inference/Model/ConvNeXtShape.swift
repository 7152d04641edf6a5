/// The shape of a ConvNeXt (Liu et al. 2022) as timm builds it, with the projection that open_clip puts behind it.
public struct ConvNeXtShape: Sendable, Hashable {
    /// What timm's name of a trunk stands for.
    public struct Trunk: Sendable, Hashable {
        /// Blocks of each stage.
        public let depths: [Int]
        /// Channels of each stage.
        public let widths: [Int]
        /// ε of its layer norms.
        let epsilon: Float
        let activation: Activation
        /// Whether the perceptrons' weights are stored as 1×1 convolutions.
        let storesConvolutions: Bool

        private init(
            _ depths: [Int], _ widths: [Int], epsilon: Float = 1e-6, _ activation: Activation = .gelu,
            storesConvolutions: Bool = false
        ) {
            (self.depths, self.widths, self.epsilon) = (depths, widths, epsilon)
            (self.activation, self.storesConvolutions) = (activation, storesConvolutions)
        }

        /// The trunks that are made of nothing but what is implemented, by timm's names; figures from timm 1.0.
        public static let known: [String: Trunk] = [
            "convnext_atto": Trunk([2, 2, 6, 2], [40, 80, 160, 320], storesConvolutions: true),
            "convnext_femto": Trunk([2, 2, 6, 2], [48, 96, 192, 384], storesConvolutions: true),
            "convnext_pico": Trunk([2, 2, 6, 2], [64, 128, 256, 512], storesConvolutions: true),
            "convnext_nano": Trunk([2, 2, 8, 2], [80, 160, 320, 640], storesConvolutions: true),
            "convnext_tiny": Trunk([3, 3, 9, 3], [96, 192, 384, 768]),
            "convnext_small": Trunk([3, 3, 27, 3], [96, 192, 384, 768]),
            "convnext_base": Trunk([3, 3, 27, 3], [128, 256, 512, 1024]),
            "convnext_large": Trunk([3, 3, 27, 3], [192, 384, 768, 1536]),
            "convnext_xlarge": Trunk([3, 3, 27, 3], [256, 512, 1024, 2048]),
            "convnext_xxlarge": Trunk([3, 4, 30, 3], [384, 768, 1536, 3072], epsilon: 1e-5),
            "test_convnext": Trunk([1, 2, 4, 2], [24, 32, 48, 64], epsilon: 1e-5, .tanhGelu),
            "test_convnext2": Trunk([1, 1, 1, 1], [32, 64, 96, 128], epsilon: 1e-5, .tanhGelu),
        ]
    }

    /// From the pooled features to the embedding.
    public enum Projection: String, Sendable, Hashable {
        case linear
        /// A hidden layer of twice the embedding's width between, with GELU.
        case perceptron = "mlp"
    }

    /// S.
    public let imageSize: Int
    public let trunk: Trunk
    public let projection: Projection
    /// Whether the projection's last layer has a bias.
    let projectionHasBias: Bool
    /// Of the perceptrons and of the layers that halve the map; what is before and behind the stages is always of floats.
    public var precision = Precision.fp32

    /// Side of the map behind stage `number`; lines beyond the last whole window are not looked at.
    func size(behind number: Int) -> Int { (imageSize / 4) >> number }

    /// Positions along one side of the last map.
    public var gridSize: Int { size(behind: 3) }
    /// Channels of the last map.
    public var features: Int { trunk.widths[3] }
}
