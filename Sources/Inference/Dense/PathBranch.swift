/// A method whose attention needs nothing but what its blocks have at hand.
class PathBranch: DenseBranch {
    private let recipe: DenseRecipe
    /// What the attention is made of; none for the identity.
    private let projections: [HeadAttention.Projection]
    /// `[t, t]`; nil without one.
    private let window: AlignedFloats?
    private let first: Int

    init(_ recipe: DenseRecipe, _ own: OwnPath) {
        self.recipe = recipe
        first = max(own.transformer.blocks.count - recipe.blocks, 0)
        switch recipe.attention {
        case .similarity(let projections, let window):
            self.projections = projections
            self.window = window?.values(side: own.side, classRows: own.classRows)
        case .identity, .resclip, .scClip:
            (projections, window) = ([], nil)
        }
        super.init(own)
    }

    override var needsAllRows: Bool { recipe.blocks == 0 }

    override func attended(_ block: Int) {
        guard recipe.blocks > 0, block >= first else { return }
        let (layer, rows) = (transformer.blocks[block], body.layout.totalRows)
        let startsHere = block == first
        if startsHere, recipe.keepsResidual {
            path.base.update(from: body.stream.base, count: rows * transformer.shape.width)
        }
        for item in body.layout.items { attend(item) }
        layer.joinHeads(
            weighted.base, rows: rows, adding: startsHere && !recipe.keepsResidual ? nil : path.base,
            into: path.base, scratch: body.scratch.base)
        if recipe.keepsPerceptron, isLast(block) {
            transformer.applyPerceptron(layer, path.base, rows: rows, normed: weighted.base, in: body)
        }
    }

    override func left(_ block: Int) {
        guard recipe.blocks == 0, isLast(block) else { return }
        path.base.update(from: body.stream.base, count: body.layout.totalRows * transformer.shape.width)
    }

    /// Writes A v of one item into `weighted`.
    private func attend(_ item: RowLayout.Item) {
        let heads = heads(of: item)
        let out = weighted.base + item.start * transformer.shape.width
        guard !projections.isEmpty else { return copyValues(of: heads, into: out) }
        let bias = window.map { HeadAttention.Addend(base: $0.base, stride: item.rows) }
        for head in 0..<transformer.shape.heads { heads.attend(alike: projections, head: head, bias: bias, into: out) }
    }

    private func copyValues(of heads: HeadAttention, into out: UnsafeMutablePointer<Float>) {
        let width = transformer.shape.width
        for row in 0..<heads.rows {
            let values = heads.projections + (3 * row + HeadAttention.Projection.value.rawValue) * width
            (out + row * width).update(from: values, count: width)
        }
    }
}
