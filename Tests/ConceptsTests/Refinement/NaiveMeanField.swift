import Foundation

@testable import Concepts

/// The dense CRF written down plainly: both labels, each with its probability, on naive lattices.
struct NaiveMeanField {
    let parameters: MethodParameters.CRF

    func refine(mask: [Bool], pixels: [UInt8], width: Int, height: Int) -> [Bool] {
        let (xy, rgb, spatial) = (
            Float(parameters.widths.xy), Float(parameters.widths.rgb), Float(parameters.widths.spatial)
        )
        let places = (0..<width * height).map { (x: Float($0 % width), y: Float($0 / width)) }
        let colors = places.indices.map { pixel in (0..<3).map { Float(pixels[3 * pixel + $0]) / rgb } }
        let kernels = [
            (
                Float(parameters.weights.appearance),
                NaiveLattice(zip(places, colors).map { [$0.x / xy, $0.y / xy] + $1 }, dimensions: 5)
            ),
            (
                Float(parameters.weights.smoothness),
                NaiveLattice(places.map { [$0.x / spatial, $0.y / spatial] }, dimensions: 2)
            ),
        ]
        let norms = kernels.map { kernel in
            kernel.1.filtered(.init(repeating: 1, count: mask.count)).map { 1 / $0.squareRoot() }
        }
        let energies = [false, true].map { label in mask.map { -log($0 == label ? Float(0.99) : 0.01) } }
        var scores = energies.map { $0.map { -$0 } }
        for _ in 0..<parameters.iterations {
            let total = zip(scores[0], scores[1]).map { exp($0) + exp($1) }
            let probabilities = scores.map { zip($0, total).map { exp($0) / $1 } }
            scores = energies.map { $0.map { -$0 } }
            for (kernel, norm) in zip(kernels, norms) {
                for label in 0...1 {
                    let filtered = kernel.1.filtered(zip(norm, probabilities[label]).map { $0 * $1 })
                    for pixel in mask.indices { scores[label][pixel] += kernel.0 * norm[pixel] * filtered[pixel] }
                }
            }
        }
        return zip(scores[0], scores[1]).map { $1 > $0 }
    }
}
