/// A rectangle of pixels.
struct PixelWindow: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>

    /// The window of `width`×`height` in the middle of a picture of `outerWidth`×`outerHeight`, which must hold it.
    ///
    /// - Parameter rounding: which way half a pixel goes.
    init(
        width: Int, height: Int, inMiddleOf outerWidth: Int, _ outerHeight: Int,
        rounding: CropRounding = .halfToEven
    ) {
        precondition(width <= outerWidth && height <= outerHeight)
        let left = rounding.half(of: outerWidth - width)
        let top = rounding.half(of: outerHeight - height)
        self.init(columns: left..<left + width, rows: top..<top + height)
    }

    init(columns: Range<Int>, rows: Range<Int>) {
        self.columns = columns
        self.rows = rows
    }
}
