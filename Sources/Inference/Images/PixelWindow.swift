/// A rectangle of pixels.
struct PixelWindow: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>

    /// The window of `width`×`height` in the middle of a picture of `outerWidth`×`outerHeight`, which must hold it.
    ///
    /// An odd remainder is split as Python rounds halves, to the even number (torchvision's centre crop).
    init(width: Int, height: Int, inMiddleOf outerWidth: Int, _ outerHeight: Int) {
        precondition(width <= outerWidth && height <= outerHeight)
        let left = Int((Double(outerWidth - width) / 2).rounded(.toNearestOrEven))
        let top = Int((Double(outerHeight - height) / 2).rounded(.toNearestOrEven))
        self.init(columns: left..<left + width, rows: top..<top + height)
    }

    init(columns: Range<Int>, rows: Range<Int>) {
        self.columns = columns
        self.rows = rows
    }
}
