/// Whatever explains a prediction by regions of the picture: the parts of this method, or a model that was trained to.
public protocol Explainer {
    /// What its rows are called; of parts the part method's name.
    var name: String { get }
    /// In an order that depends on the picture alone; they may overlap.
    var regions: [ExplainedRegion] { get }
}
