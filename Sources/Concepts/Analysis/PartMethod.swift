/// A way of finding an image's parts: of grouping foreground patches (docs/method.md §7), or a head that was trained to explain
/// (docs/rivals.md).
public enum PartMethod: String, Sendable, Hashable, Codable, CaseIterable {
    case pca, kmeans
    case mmCBM = "mm_cbm"
    case mmProtoSim = "mm_protosim"
    case featureMaps = "feature_maps"

    /// Whether somebody has to have trained it first: its head is named by the analysis then, and it reads the parts by itself.
    public var needsTraining: Bool {
        switch self {
        case .pca, .kmeans: false
        case .mmCBM, .mmProtoSim, .featureMaps: true
        }
    }

    /// Those that are trained, in the order of their declaration.
    public static var trained: [PartMethod] { allCases.filter(\.needsTraining) }
}
