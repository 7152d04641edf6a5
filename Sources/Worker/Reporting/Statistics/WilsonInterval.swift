/// Wilson's 95 % score interval of a share: it holds up near 0 and 1, where the normal one leaves the range.
///
/// - Returns: nil for a share of nothing.
package func wilsonInterval(_ hits: Int, of count: Int) -> ClosedRange<Double>? {
    guard count > 0 else { return nil }
    let z = 1.959963984540054
    let (n, p) = (Double(count), Double(hits) / Double(count))
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    // The bounds are exactly 0 and 1 at the ends, and rounding must not put them beyond the share.
    return (hits == 0 ? 0 : max(0, centre - half))...(hits == count ? 1 : min(1, centre + half))
}
