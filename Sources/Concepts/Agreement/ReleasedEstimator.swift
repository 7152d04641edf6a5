import Foundation

/// The number that the released code and the paper's equation 9 call mutual information (docs/method.md §11.1, §11.3):
/// `ln N + ln M + ln o`, and 0 without a match. It rises with the overlap but is not a mutual information.
///
/// The code's guard of 1e-9 inside the logarithm, worth o nano-nats, is left out.
struct ReleasedEstimator {
    /// Entries of the vision list.
    let visionCount: Int
    /// Entries of the language list.
    let languageCount: Int

    /// Nats, for `overlap` descriptors on both lists.
    func information(overlap: Int) -> Double {
        guard overlap > 0 else { return 0 }
        return log(Double(visionCount)) + log(Double(languageCount)) + log(Double(overlap))
    }

    /// `information` while concepts are taken away from the front: N+1 points, the last 0. A concept that was taken
    /// away still counts in N.
    ///
    /// - Parameter matches: for each vision concept, most relevant first, whether it is on the language list.
    func curve(matches: [Bool]) -> [Double] {
        var overlap = matches.count { $0 }
        return [information(overlap: overlap)]
            + matches.map { isMatch in
                if isMatch { overlap -= 1 }
                return information(overlap: overlap)
            }
    }
}
