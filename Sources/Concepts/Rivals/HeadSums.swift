/// What some pictures of a batch add up to: their losses, how many were told right, and sums that a gradient is made of.
public struct HeadSums: Sendable {
    /// Sum of the losses.
    var loss: Double
    /// Pictures whose class comes out first; of a labeler those whose first descriptor is true of the class.
    var hits: Int
    /// Laid out by whoever made them.
    var terms: [Double]

    mutating func add(_ other: HeadSums) {
        loss += other.loss
        hits += other.hits
        for index in terms.indices { terms[index] += other.terms[index] }
    }
}
