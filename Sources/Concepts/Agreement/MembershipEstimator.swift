import Foundation

/// Mutual information of "is on the vision list" and "is on the language list" for a descriptor drawn uniformly from
/// the bank (docs/method.md §11.2): a proper mutual information with an exact null.
struct MembershipEstimator {
    /// D.
    let bankSize: Int
    /// M.
    let languageCount: Int

    /// Nats, for `overlap` descriptors on both lists; 0 when either list is empty or the whole bank.
    func information(visionCount: Int, overlap: Int) -> Double {
        guard isInformative(visionCount) else { return 0 }
        let (bank, vision, language) = (Double(bankSize), Double(visionCount), Double(languageCount))
        let both = Double(overlap)
        func term(_ count: Double, _ row: Double, _ column: Double) -> Double {
            count > 0 ? count / bank * log(count * bank / (row * column)) : 0
        }
        let sum =
            term(both, vision, language) + term(vision - both, vision, bank - language)
            + term(language - both, bank - vision, language)
            + term(bank - vision - language + both, bank - vision, bank - language)
        // Never negative but for rounding.
        return max(sum, 0)
    }

    /// Neither list is empty or the whole bank.
    func isInformative(_ visionCount: Int) -> Bool {
        visionCount > 0 && visionCount < bankSize && languageCount > 0 && languageCount < bankSize
    }

    /// `information` while concepts are taken away from the front and leave the list: N+1 points, the last 0.
    ///
    /// - Parameter matches: for each vision concept, most relevant first, whether it is on the language list.
    func curve(matches: [Bool]) -> [Double] {
        var overlap = matches.count { $0 }
        var remaining = matches.count
        return [information(visionCount: remaining, overlap: overlap)]
            + matches.map { isMatch in
                remaining -= 1
                if isMatch { overlap -= 1 }
                return information(visionCount: remaining, overlap: overlap)
            }
    }

    /// Share of the largest information that lists of these lengths can have; nil when that is 0.
    func normalized(visionCount: Int, overlap: Int) -> Double? {
        guard isInformative(visionCount) else { return nil }
        return information(visionCount: visionCount, overlap: overlap)
            / information(visionCount: visionCount, overlap: min(visionCount, languageCount))
    }

    /// `(I − E₀[I]) / (min(H_A, H_Z) − E₀[I])`; nil when a list is empty or the whole bank, or when chance alone
    /// reaches the largest possible information.
    func adjusted(visionCount: Int, overlap: Int) -> Double? {
        guard isInformative(visionCount) else { return nil }
        let null = null(visionCount)
        let expected = null.support.reduce(0.0) {
            $0 + null.probability(of: $1) * information(visionCount: visionCount, overlap: $1)
        }
        let ceiling = min(entropy(of: visionCount), entropy(of: languageCount))
        guard ceiling - expected > 1e-12 * ceiling else { return nil }
        return (information(visionCount: visionCount, overlap: overlap) - expected) / (ceiling - expected)
    }

    /// Probability that lists of these lengths, drawn at random, share at least `overlap` descriptors; nil when the
    /// language list is the whole bank.
    func pValue(visionCount: Int, overlap: Int) -> Double? {
        languageCount < bankSize ? null(visionCount).tail(from: overlap) : nil
    }

    /// Binary entropy of being on a list of `count`, nats.
    private func entropy(of count: Int) -> Double {
        let share = Double(count) / Double(bankSize)
        return -share * log(share) - (1 - share) * log(1 - share)
    }

    private func null(_ visionCount: Int) -> Hypergeometric {
        Hypergeometric(population: bankSize, marked: languageCount, drawn: visionCount)
    }
}
