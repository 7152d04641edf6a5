/// The rule that makes an item's rows come out bit for bit the same whatever shares its batch.
///
/// Items (images, texts) lie one after another in a buffer, and one matrix product may cover many of them.
/// OpenBLAS gives a row bits that depend on the shape of the whole product and on where the row lies in it, so
/// sharing is limited to what was measured (0.3.21, random shapes, `A · Wᵀ`) to leave no trace:
///
/// * AVX-512 sets (SkylakeX, Cooperlake): products of at most 10⁶ multiply-adds run another kernel with
///   other bits. Above that a row has the same bits at any position, except in a product of one row.
/// * AVX2 sets (Haswell, Zen): rows are computed in strips of 12; the last strip, if shorter, has other bits.
///   With items that start at multiples of 12 every row has the same bits, up to about 10⁵ rows, where
///   OpenBLAS splits the product at a multiple of 16.
/// * Any other set is taken to depend on everything.
///
/// A product whose shape depends on the item alone always has the same bits, wherever its operands lie and
/// whichever thread asks. Hence: an item gets at least 12 rows, a multiple of ``quantum``; items share a product
/// only if each of them alone would exceed ``soloLimit``; a product is cut between items when it would exceed
/// ``rowLimit`` rows; everything else is one product an item.
struct RowPacking: Sendable {
    /// Rows an item occupies at least, so that no product is so flat that another kernel takes it.
    static let leastRows = 12

    /// An item whose own product has this many multiply-adds or fewer is multiplied alone: twice the measured
    /// switching point.
    static let soloLimit = 2_000_000

    /// Rows of one shared product at most; far below the measured split, and few enough for their intermediate
    /// results to stay near the cache.
    static let rowLimit = 4096

    /// Each item's rows start at a multiple of this.
    let quantum: Int
    /// Whether different items may share a product at all.
    let sharing: Bool

    /// - Parameter kernelSet: OpenBLAS's name for its kernels, ``BLAS/kernelSet``.
    init(kernelSet: String) {
        switch kernelSet.lowercased() {
        case "skylakex", "cooperlake": (quantum, sharing) = (1, true)
        case "haswell", "zen": (quantum, sharing) = (12, true)
        default: (quantum, sharing) = (12, false)
        }
    }

    /// The rule for the kernels in use.
    static let current = RowPacking(kernelSet: BLAS.kernelSet)

    /// The rows that an item of `rows` rows occupies.
    func occupied(_ rows: Int) -> Int {
        let padded = (rows + quantum - 1) / quantum * quantum
        return max(padded, Self.leastRows)
    }

    /// Whether an item of `rows` occupied rows may share its product by an `inner × columns` matrix with others.
    func mayShare(rows: Int, inner: Int, columns: Int) -> Bool {
        sharing && rows * inner * columns > Self.soloLimit
    }
}
