extension PartGrouping {
    /// `[height, width]` raster: the part's patches, without the pixels that refinement took from the foreground
    /// (docs/method.md §8.1).
    ///
    /// - Parameter foreground: what parts are confined to, of a picture of that size; nil for whole patches.
    func pixels(of part: Int, width: Int, height: Int, within foreground: ForegroundPixels?) -> [Bool] {
        let mask = PatchGrid(height: gridHeight, width: gridWidth)
            .pixels(width: width, height: height) { labels[$0] == part }
        guard let foreground else { return mask }
        return zip(mask, foreground.mask).map { $0 && $1 }
    }
}
