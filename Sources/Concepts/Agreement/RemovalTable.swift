/// What information and null are left while vision concepts are taken away in any order (docs/method.md §11.3): a table of few numbers,
/// since both depend on how many concepts are left, with and without a match, alone.
///
/// Whoever has the table looks up, sums and rounds, and gets the figures of ``Agreement`` to the last nano-nat whatever its logarithm is
/// like.
public struct RemovalTable: Sendable, Equatable {
    /// For each vision concept, most relevant first, whether it is on the language list.
    public let matches: [Bool]
    /// M.
    public let languageCount: Int
    /// D.
    public let bankSize: Int

    /// - Parameters:
    ///   - languageCount: entries of the language list, no fewer than there are matches.
    ///   - bankSize: descriptors in the bank, no fewer than are on either list.
    public init(matches: [Bool], languageCount: Int, bankSize: Int) {
        self.matches = matches
        self.languageCount = languageCount
        self.bankSize = bankSize
    }

    private var overlap: Int { matches.count { $0 } }

    /// Nats, `[matches left]`. A concept that was taken away still counts in N.
    var released: [Double] {
        let estimator = ReleasedEstimator(visionCount: matches.count, languageCount: languageCount)
        return (0...overlap).map { estimator.information(overlap: $0) }
    }

    /// Nats, `[matches left, others left]`.
    var membership: [Double] {
        byCounts { $0.information(visionCount: $1, overlap: $2) }
    }

    /// P(at least as many matches), `[matches left, others left]`; NaN where there is none.
    var pValue: [Double] {
        byCounts { $0.pValue(visionCount: $1, overlap: $2) ?? .nan }
    }

    /// - Parameter value: of concepts left and matches among them.
    private func byCounts(_ value: (MembershipEstimator, Int, Int) -> Double) -> [Double] {
        let estimator = MembershipEstimator(bankSize: bankSize, languageCount: languageCount)
        return (0...overlap).flatMap { both in
            (0...matches.count - overlap).map { value(estimator, both + $0, both) }
        }
    }

    /// Little-endian: `ENTT`, then as 32-bit words version 1, N, M, D and the number of matches, a byte of 0 or 1 a concept, zeros up to a
    /// multiple of 8 bytes, and as doubles the information of the released estimator, that of membership, and p.
    public var bytes: [UInt8] {
        var bytes = [UInt8]("ENTT".utf8)
        for count in [1, matches.count, languageCount, bankSize, overlap] {
            withUnsafeBytes(of: UInt32(clamping: count).littleEndian) { bytes += $0 }
        }
        bytes += matches.map { $0 ? 1 : 0 }
        bytes += [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
        for value in released + membership + pValue {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
        }
        return bytes
    }
}
