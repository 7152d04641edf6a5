extension Agreement {
    /// Both estimators' view of two concept lists, quantised here and nowhere else.
    ///
    /// - Parameters:
    ///   - matches: for each vision concept, most relevant first, whether it is on the language list.
    ///   - languageCount: entries of the language list.
    ///   - bankSize: descriptors in the bank.
    public init(matches: [Bool], languageCount: Int, bankSize: Int) {
        let released = ReleasedEstimator(visionCount: matches.count, languageCount: languageCount)
        let membership = MembershipEstimator(bankSize: bankSize, languageCount: languageCount)
        let overlap = matches.count { $0 }
        self.init(
            released: Dynamics(of: released.curve(matches: matches)),
            membership: Dynamics(of: membership.curve(matches: matches)),
            nmiMax: membership.normalized(visionCount: matches.count, overlap: overlap),
            ami: membership.adjusted(visionCount: matches.count, overlap: overlap),
            pValue: membership.pValue(visionCount: matches.count, overlap: overlap))
    }
}

extension Agreement.Dynamics {
    /// - Parameter curve: nats, at least one point.
    init(of curve: [Double]) {
        self.init(
            curve: curve.map { NanoNats(nats: $0) },
            auc: NanoNats(nats: curve.reduce(0, +) / Double(curve.count)))
    }
}
