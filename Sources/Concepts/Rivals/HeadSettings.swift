import Foundation

/// Everything that is chosen when a head is trained (docs/rivals.md §2); part of what identifies it.
public struct HeadSettings: Sendable, Hashable, Codable {
    public var epochs = 30
    public var batch = 64
    /// Adam's rate at first and at last, between them half a cosine.
    public var rate = 1e-4
    public var finalRate = 1e-5
    /// q of ``HeadShape``.
    public var width = 512
    /// τ of the Gumbel-softmax; of `mm_protosim` alone.
    public var temperature = 1.0
    /// Side of a block of patches that is dropped, and the share of patches that are; of `feature_maps` alone.
    public var block = 3
    public var drop = 0.1
    public var seed = 0
    public init() {}

    enum CodingKeys: String, CodingKey {
        case epochs, batch, rate, width, temperature, block, drop, seed
        case finalRate = "final_rate"
    }

    /// Steps of one epoch over so many pictures; the last batch may be smaller.
    public func steps(ofEpoch pictures: Int) -> Int { (pictures + batch - 1) / batch }

    /// Before step `step` of `steps`, counted from 0.
    func rate(at step: Int, of steps: Int) -> Double {
        finalRate + (rate - finalRate) * (1 + cos(.pi * Double(step) / Double(max(steps, 1)))) / 2
    }

    /// What is wrong with it, a sentence each, naming the option of `entente train`.
    public var problems: [String] {
        var problems: [String] = []
        func check(_ isFine: Bool, _ option: String, _ value: some Any, _ accepted: String) {
            if !isFine { problems.append("--\(option) is \(value); it must be \(accepted).") }
        }
        check(1...100_000 ~= epochs, "epochs", epochs, "from 1 to 100000")
        check(1...65536 ~= batch, "batch", batch, "from 1 to 65536")
        check(rate.isFinite && rate > 0, "rate", rate, "a finite number above 0")
        check(finalRate.isFinite && finalRate >= 0, "final-rate", finalRate, "a finite number, 0 or more")
        check(1...65536 ~= width, "width", width, "from 1 to 65536")
        check(temperature.isFinite && temperature > 0, "temperature", temperature, "a finite number above 0")
        check(block >= 1, "block", block, "at least 1")
        check(0..<1 ~= drop, "drop", drop, "0 or more, and below 1")
        return problems
    }
}
