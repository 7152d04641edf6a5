import Inference

/// What some pictures add up to in a step of ``ConceptMapTraining``.
public struct ConceptMapSums: Sendable {
    /// Sum of the divergences of the map's classes from the frozen model's, in nats.
    var divergence: Double
    /// Pictures for which both have the same class first.
    var agreements: Int
    /// Vᵀ(Q − P), `[e, C]`.
    var errors: DoubleMatrix

    mutating func add(_ other: ConceptMapSums) {
        divergence += other.divergence
        agreements += other.agreements
        errors.withUnsafeMutableElements { elements in
            for (index, value) in other.errors.elements.enumerated() { elements[index] += value }
        }
    }
}
