extension Picture {
    /// The middle `width`×`height`, as torchvision's `CenterCrop` and open_clip's `CenterCropOrPad` cut it.
    ///
    /// A side that is too short is first padded with `fill` in all channels, the odd pixel at the right or bottom.
    public func centerCropped(width: Int, height: Int, fill: UInt8 = 0) -> Picture {
        precondition(width > 0 && height > 0, "can't crop to \(width)×\(height)")
        if width > self.width || height > self.height {
            return padded(width: max(width, self.width), height: max(height, self.height), fill: fill)
                .centerCropped(width: width, height: height)
        }
        return cropped(to: PixelWindow(width: width, height: height, inMiddleOf: self.width, self.height))
    }

    /// The pixels of `window`, which must lie inside.
    func cropped(to window: PixelWindow) -> Picture {
        if window == PixelWindow(columns: 0..<width, rows: 0..<height) { return self }
        let columns = window.columns.lowerBound * 3..<window.columns.upperBound * 3
        var result = [UInt8]()
        result.reserveCapacity(columns.count * window.rows.count)
        for row in window.rows {
            let start = row * width * 3
            result += pixels[start + columns.lowerBound..<start + columns.upperBound]
        }
        return Picture(width: window.columns.count, height: window.rows.count, pixels: result)
    }

    private func padded(width: Int, height: Int, fill: UInt8) -> Picture {
        let left = (width - self.width) / 2
        let top = (height - self.height) / 2
        var result = [UInt8](repeating: fill, count: width * height * 3)
        for row in 0..<self.height {
            let source = row * self.width * 3
            let target = ((row + top) * width + left) * 3
            result.replaceSubrange(target..<target + self.width * 3, with: pixels[source..<source + self.width * 3])
        }
        return Picture(width: width, height: height, pixels: result)
    }
}
