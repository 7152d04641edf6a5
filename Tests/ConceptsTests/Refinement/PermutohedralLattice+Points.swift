@testable import Concepts

extension PermutohedralLattice {
    /// - Parameter features: `[points][dimensions]`.
    func enclose(_ features: [[Float]], reach: [Float]) {
        enclose(points: features.count, reach: reach) { points, out, plane in
            for (place, point) in points.enumerated() {
                for (feature, value) in features[point].enumerated() { out[feature * plane + place] = value }
            }
        }
    }
}
