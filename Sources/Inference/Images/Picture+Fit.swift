extension Picture {
    /// This picture, scaled down where its longer side has more pixels; the aspect ratio stays.
    public func fitted(within side: Int) -> Picture {
        let (width, height) = Self.fitted(width: width, height: height, within: side)
        return width == self.width && height == self.height
            ? self : resized(width: width, height: height, filter: .bilinear)
    }

    /// The size that ``fitted(within:)`` gives a picture; no side is less than 1.
    public static func fitted(width: Int, height: Int, within side: Int) -> (width: Int, height: Int) {
        let scale = min(1, Double(side) / Double(max(width, height)))
        func scaled(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        return (scaled(width), scaled(height))
    }
}
