import CImageCodecs

extension Picture {
    /// Resizes without regard to the aspect ratio; antialiased when shrinking; the same 8-bit pixels as Pillow's
    /// `Image.resize`.
    ///
    /// Two passes, each rounded to 8 bits, so that their order shows in a few pixels. As in Pillow 13, rows come first when
    /// more than twice as many rows as columns are taken away, and columns otherwise (older versions: always columns). A
    /// direction that keeps its size is left alone.
    public func resized(width: Int, height: Int, filter: ResampleFilter) -> Picture {
        resampled(
            width: width, height: height, filter: filter, window: PixelWindow(columns: 0..<width, rows: 0..<height))
    }

    /// The part `window` of this picture resized to `width`×`height`, without computing the rest.
    ///
    /// Besides saving time this keeps a one-pixel-wide picture from being blown up to millions of rows of which a crop
    /// keeps a few hundred.
    func resampled(width: Int, height: Int, filter: ResampleFilter, window: PixelWindow) -> Picture {
        precondition(
            self.width > 0 && self.height > 0 && !window.columns.isEmpty && !window.rows.isEmpty,
            "can't resize \(self.width)×\(self.height) to \(window) of \(width)×\(height)")
        let columns = ResampleWeights(from: self.width, to: width, window: window.columns, filter: filter)
        let rows = ResampleWeights(from: self.height, to: height, window: window.rows, filter: filter)
        switch (width != self.width, height != self.height) {
        case (false, false):
            return cropped(to: window)
        case (true, false):
            return cropped(to: PixelWindow(columns: 0..<self.width, rows: window.rows)).combiningColumns(columns)
        case (false, true):
            return cropped(to: PixelWindow(columns: window.columns, rows: 0..<self.height)).combiningRows(rows)
        case (true, true):
            let removed = self.height - height
            if removed > 0 && removed > 2 * (self.width - width) {
                return cropped(to: PixelWindow(columns: columns.inputs, rows: 0..<self.height))
                    .combiningRows(rows).combiningColumns(columns.rebased())
            }
            return cropped(to: PixelWindow(columns: 0..<self.width, rows: rows.inputs))
                .combiningColumns(columns).combiningRows(rows.rebased())
        }
    }

    private func combiningColumns(_ pass: ResampleWeights) -> Picture {
        let columns = pass.firsts.count
        let count = columns * height * 3
        let result = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            pixels.withUnsafeBufferPointer { source in
                entente_resample_columns(
                    source.baseAddress, width, height, target.baseAddress, columns, pass.firsts, pass.counts,
                    pass.weights, pass.taps)
            }
            initialized = count
        }
        return Picture(width: columns, height: height, pixels: result)
    }

    private func combiningRows(_ pass: ResampleWeights) -> Picture {
        let rows = pass.firsts.count
        let count = width * rows * 3
        let result = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            pixels.withUnsafeBufferPointer { source in
                entente_resample_rows(
                    source.baseAddress, width * 3, target.baseAddress, rows, pass.firsts, pass.counts, pass.weights,
                    pass.taps)
            }
            initialized = count
        }
        return Picture(width: width, height: rows, pixels: result)
    }
}
