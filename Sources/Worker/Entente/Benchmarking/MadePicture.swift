import Concepts
import Inference

/// A picture of blobs on a noisy ground, and patch features in which each blob has a direction of its own.
struct MadePicture {
    /// Centres in parts of the side, the reach of a blob, and colours; the first colour is the ground's.
    private let centres: [(x: Double, y: Double)]
    private let colors: [[Int]]
    private let number: Int
    private static let reach = 50.0 / 224

    init(_ number: Int, _ random: inout MadeNumbers) {
        self.number = number
        centres = (0..<6).map { _ in (Double(random.next(below: 224)) / 224, Double(random.next(below: 224)) / 224) }
        colors = (0..<6).map { _ in (0..<3).map { _ in random.next(below: 256) } }
    }

    /// 0 for the ground, else the number of the blob whose centre is nearest, at a place in parts of the side.
    private func blob(_ x: Double, _ y: Double) -> Int {
        let distances = centres.map { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) }
        let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
        return distances[nearest] < Self.reach * Self.reach ? 1 + nearest % 5 : 0
    }

    func pixels(width: Int, height: Int, _ random: inout MadeNumbers) -> Picture {
        var pixels = [UInt8]()
        pixels.reserveCapacity(3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                for value in colors[blob(Double(x) / Double(width), Double(y) / Double(height))] {
                    pixels.append(UInt8(clamping: value + random.next(below: 41) - 20))
                }
            }
        }
        return Picture(width: width, height: height, pixels: pixels)
    }

    func features(_ shape: EncoderShape, _ random: inout MadeNumbers) -> PatchFeatures {
        let directions = random.matrix(rows: 6, columns: shape.width)
        var features = random.matrix(rows: shape.gridHeight * shape.gridWidth, columns: shape.width)
        for patch in 0..<shape.gridHeight * shape.gridWidth {
            let own = blob(
                (Double(patch % shape.gridWidth) + 0.5) / Double(shape.gridWidth),
                (Double(patch / shape.gridWidth) + 0.5) / Double(shape.gridHeight))
            for column in 0..<shape.width {
                features[patch, column] = features[patch, column] * 0.5 + directions[own, column]
            }
        }
        let hash = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32)
        return PatchFeatures(
            values: features, gridHeight: shape.gridHeight, gridWidth: shape.gridWidth, contentHash: hash)
    }
}
