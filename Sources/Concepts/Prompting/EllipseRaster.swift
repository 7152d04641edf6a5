/// The pixels of one ellipse in a picture: what stays as it is, and what turns red.
struct EllipseRaster {
    let inside: PixelRuns
    let outline: PixelRuns

    /// As `cv2.ellipse` of OpenCV 4.12 draws a box, filled and with an outline (docs/method.md §8.4, §8.5).
    ///
    /// - Parameter thickness: of the outline, in pixels, at least 1.
    init(_ box: RotatedBox, thickness: Int, width: Int, height: Int) {
        let polygon = EllipsePolygon(box)
        var (inside, outline) = (PixelRuns(width: width, height: height), PixelRuns(width: width, height: height))
        inside.appendConvexPolygon(polygon.corners)
        outline.appendPolyline(polygon.corners, thickness: thickness)
        self.inside = inside
        self.outline = outline
    }

    /// As geometry has it: inside is where pixel centres are, and the outline is a round pen's that follows the curve.
    ///
    /// - Parameter thickness: of the outline, in pixels, at least 1.
    init(exactly ellipse: Ellipse, thickness: Int, width: Int, height: Int) {
        var (inside, outline) = (PixelRuns(width: width, height: height), PixelRuns(width: width, height: height))
        for y in 0..<height {
            let columns = ellipse.columns(inRow: y, width: width)
            inside.append(row: y, from: columns.lowerBound, through: columns.upperBound - 1)
        }
        for pixel in ellipse.outline(width: width, height: height) {
            outline.appendPen(x: pixel % width, y: pixel / width, thickness: thickness)
        }
        self.inside = inside
        self.outline = outline
    }
}

extension PixelRuns {
    /// A round pen put down at a pixel; of a pen with even width the extra pixel is to the right and below.
    fileprivate mutating func appendPen(x: Int, y: Int, thickness: Int) {
        let before = (thickness - 1) / 2
        // Doubled coordinates from the pen's centre, which for an even width lies between pixels.
        for row in 0..<thickness {
            let down = 2 * row - thickness + 1
            let columns = (0..<thickness).filter { column in
                let right = 2 * column - thickness + 1
                return right * right + down * down <= thickness * thickness
            }
            guard let first = columns.first, let last = columns.last else { continue }
            append(row: y + row - before, from: x + first - before, through: x + last - before)
        }
    }
}
