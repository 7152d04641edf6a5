extension PixelRuns {
    /// A filled circle about a pixel, by the midpoint algorithm in OpenCV 4.12's order of steps.
    mutating func appendDisc(x: Int, y: Int, radius: Int) {
        var (long, short) = (radius, 0)
        var (error, up, down) = (0, 1, 2 * radius - 1)
        while long >= short {
            for row in [y - short, y + short] { append(row: row, from: x - long, through: x + long) }
            for row in [y - long, y + long] { append(row: row, from: x - short, through: x + short) }
            short += 1
            error += up
            up += 2
            if error > 0 {
                error -= down
                long -= 1
                down -= 2
            }
        }
    }
}
