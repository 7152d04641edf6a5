extension ImageParts {
    /// The foreground as it comes into being (docs/method.md §20.5): what passed the threshold, what is left of it by its components, and
    /// what refinement makes of that.
    ///
    /// - Parameters:
    ///   - refined: nil where nothing is refined; there is no such stage then.
    ///   - size: S, the side of the picture in pixels.
    public func foregroundStages(refined: ForegroundPixels?, size: Int) -> [JudgingPlan.Stage] {
        func pixels(_ patches: [Bool]) -> [Bool] { grid.pixels(width: size, height: size) { patches[$0] } }
        let stages = [
            JudgingPlan.Stage(name: "nearest", mask: pixels(passing)),
            JudgingPlan.Stage(name: "component", mask: pixels(foreground)),
        ]
        return stages + (refined.map { [JudgingPlan.Stage(name: "crf", mask: $0.mask)] } ?? [])
    }
}
