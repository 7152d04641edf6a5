import Foundation
import Inference
import Synchronization
import Threads

/// Measures the vision encoder against what the machine's matrix products can do at best: every lane encodes batches of
/// random pictures at once, in turn with every lane multiplying square matrices at once.
struct EncodeBenchmark {
    struct Result: Encodable {
        let architecture: String
        let precision: Precision
        let kernelSet: String
        let lanes: Int
        let batchSize: Int
        /// All lanes together; medians over the rounds.
        let imagesPerSecond: Double
        let gflops: Double
        let sgemmPeakGflops: Double
        let shareOfPeak: Double
        /// What the precision's own instruction does on registers alone, all lanes together, median of the rounds; nil where there is none.
        let instructionPeakGops: Double?
        /// Of ``instructionPeakGops``, by the operations of the whole encoder, those in floats among them.
        let shareOfInstructionPeak: Double?
        /// Slowest and fastest round.
        let imagesPerSecondRange: [Double]
        /// Between an embedding and that of the same weights in 32-bit floats, of the picture where it is least; nil for those themselves.
        var leastCosine: Double?

        enum CodingKeys: String, CodingKey {
            case architecture, precision, lanes, gflops
            case kernelSet = "kernel_set"
            case batchSize = "batch_size"
            case imagesPerSecond = "images_per_second"
            case sgemmPeakGflops = "sgemm_peak_gflops"
            case shareOfPeak = "share_of_peak"
            case instructionPeakGops = "instruction_peak_gops"
            case shareOfInstructionPeak = "share_of_instruction_peak"
            case imagesPerSecondRange = "images_per_second_range"
            case leastCosine = "least_cosine"
        }
    }

    let architecture: String
    let precision: Precision
    let encoder: any VisionEncoder
    let lanes: Int
    let batchSize: Int
    let rounds: Int

    private static let squares = [2048, 3072, 4096]
    /// A round of encoding lasts at least so long.
    private static let seconds = 1.0
    /// Steps of a lane on registers: a good tenth of a second.
    private static let spins = 50_000_000

    func run() -> Result {
        BLAS.prepareForLanes()
        let encoding = (0..<lanes).map { _ in EncodingLane(encoder, batchSize: batchSize) }
        let multiplying = (0..<lanes).map { _ in MultiplyingLane(largest: Self.squares.max() ?? 0) }
        // Memory is touched and the clock is up before anything counts.
        let once = Self.time(encoding) { $0.run(times: 1) }
        let times = max(Int((Self.seconds / once).rounded(.up)), 1)
        var speeds: [Double] = []
        var peaks: [Double] = []
        var spins: [Double] = []
        for _ in 0..<rounds {
            speeds.append(Double(lanes * batchSize * times) / Self.time(encoding) { $0.run(times: times) })
            peaks.append(
                Self.squares.map { side in
                    Double(lanes) * 2 * pow(Double(side), 3) / Self.time(multiplying) { $0.run(side: side) } / 1e9
                }.max() ?? 0)
            if let spin = spin() { spins.append(spin) }
        }
        speeds.sort()
        peaks.sort()
        spins.sort()
        let speed = speeds[rounds / 2]
        let gflops = speed * 2 * Double(encoder.multiplyAdds) / 1e9
        let spin = spins.isEmpty ? nil : spins[rounds / 2]
        return Result(
            architecture: architecture, precision: precision, kernelSet: KernelSet.name(for: precision), lanes: lanes,
            batchSize: batchSize,
            imagesPerSecond: speed, gflops: gflops, sgemmPeakGflops: peaks[rounds / 2],
            shareOfPeak: gflops / peaks[rounds / 2], instructionPeakGops: spin,
            shareOfInstructionPeak: spin.map { gflops / $0 }, imagesPerSecondRange: [speeds[0], speeds[rounds - 1]])
    }

    /// Operations a second, in thousand millions, of every lane's registers at once; nil without an instruction for the precision.
    private func spin() -> Double? {
        guard let done = KernelSet.spin(precision, steps: 1) else { return nil }
        let precision = precision
        let seconds = Self.time([Int](repeating: Self.spins, count: lanes)) { steps in
            _ = KernelSet.spin(precision, steps: steps)
        }
        return 2 * Double(done * Self.spins * lanes) / seconds / 1e9
    }

    /// The least cosine between embeddings of two encoders, over the pictures of a batch.
    static func leastCosine(_ encoder: any VisionEncoder, _ other: any VisionEncoder, batchSize: Int) -> Double {
        let pictures = pictures(encoder, count: batchSize)
        let (a, b) = (
            encoder.session(batchSize: batchSize).encode(pictures).embeddings,
            other.session(batchSize: batchSize).encode(pictures).embeddings
        )
        func product(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Double {
            zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return (0..<batchSize).map { (row: Int) -> Double in
            let (x, y) = (a.row(row), b.row(row))
            return product(x, y) / (product(x, x) * product(y, y)).squareRoot()
        }.min() ?? 0
    }

    /// Random pictures as the encoder takes them.
    static func pictures(_ encoder: any VisionEncoder, count: Int) -> [VisionInput] {
        let side = encoder.imageSize
        let levels = (0..<3 * 256).map { Float($0 % 256) / 128 - 1 }
        return (0..<count).map { number in
            let pixels: [UInt8] = (0..<3 * side * side).map { place in
                UInt8(truncatingIfNeeded: (place &* 2_654_435_761 &+ number) >> 8)
            }
            return .picture(Picture(width: side, height: side, pixels: pixels), levels: levels)
        }
    }

    /// Seconds until every lane has done its share.
    static func time<Lane: Sendable>(_ lanes: [Lane], _ body: @escaping @Sendable (Lane) -> Void) -> Double {
        let start = ContinuousClock.now
        let threads = lanes.map { lane in WorkerThread("lane") { body(lane) } }
        threads.forEach { $0.join() }
        return Double(start.duration(to: .now).microseconds) / 1e6
    }

    /// Unchecked: used by one thread at a time.
    private final class EncodingLane: @unchecked Sendable {
        private let session: any VisionSession
        private let pictures: [VisionInput]

        init(_ encoder: any VisionEncoder, batchSize: Int) {
            session = encoder.session(batchSize: batchSize)
            pictures = EncodeBenchmark.pictures(encoder, count: batchSize)
        }

        func run(times: Int) { for _ in 0..<times { _ = session.encode(pictures) } }
    }

    /// Unchecked: used by one thread at a time.
    private final class MultiplyingLane: @unchecked Sendable {
        private let a: [Float], b: [Float]
        private var out: [Float]

        init(largest side: Int) {
            a = (0..<side * side).map { Float($0 & 1023) / 1024 }
            b = a.reversed()
            out = .init(repeating: 0, count: side * side)
        }

        func run(side: Int) {
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    out.withUnsafeMutableBufferPointer { out in
                        guard let a = a.baseAddress, let b = b.baseAddress, let out = out.baseAddress else { return }
                        BLAS.multiply(
                            BLAS.View(a, rows: side, columns: side), BLAS.View(b, rows: side, columns: side), into: out)
                    }
                }
            }
        }
    }
}
