extension DenseRecipe {
    /// ResCLIP (Yang et al., CVPR 2025; repository yvhangyang/ResCLIP): NACLIP's attention, mixed with the mean attention of
    /// middle blocks and, in a second pass, with which patches the first pass gave the same text. Its factors are tuned for each
    /// dataset; these are the middle ones.
    static let resclip = DenseRecipe(attention: .feedback(SemanticFeedback()))
}
