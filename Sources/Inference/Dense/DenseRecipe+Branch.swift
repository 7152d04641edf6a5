extension DenseRecipe {
    /// The method at work beside a model's own path.
    ///
    /// - Parameter texts: `[C, e]`, rows of length 1, for a method that needs them.
    func branch(beside own: OwnPath, texts: Matrix) -> DenseBranch {
        switch attention {
        case .resclip(let factors): ResCLIPBranch(factors, texts: texts, own)
        case .scClip(let constants): SCCLIPBranch(constants, own)
        case .identity, .similarity: findsRegions ? CLIPtraseBranch(self, own) : PathBranch(self, own)
        }
    }
}
