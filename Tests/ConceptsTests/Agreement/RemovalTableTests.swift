import Testing

@testable import Concepts

@Suite struct RemovalTableTests {
    /// What is taken away from the front leaves the end of the stored curve.
    @Test func aPrefixLeavesTheEndOfTheCurve() {
        let matches = [false, true, true, false, true, false, false]
        let agreement = Agreement(matches: matches, languageCount: 40, bankSize: 3000)
        for front in 0...matches.count {
            let step = Removals.Step(
                matches: matches, removed: matches.indices.map { $0 < front }, language: 40, bank: 3000)
            #expect(step.released.curve == agreement.released.curve.dropFirst(front).map(\.count))
            #expect(step.membership.curve == agreement.membership.curve.dropFirst(front).map(\.count))
        }
    }

    @Test func theTableIsTheEstimatorsOwn() {
        let table = RemovalTable(matches: [true, false, true, false, false], languageCount: 9, bankSize: 120)
        let membership = MembershipEstimator(bankSize: 120, languageCount: 9)
        #expect(table.released.count == 3 && table.membership.count == 12 && table.pValue.count == 12)
        for both in 0...2 {
            #expect(
                table.released[both] == ReleasedEstimator(visionCount: 5, languageCount: 9).information(overlap: both))
            for others in 0...3 {
                let place = both * 4 + others
                #expect(table.membership[place] == membership.information(visionCount: both + others, overlap: both))
                #expect(table.pValue[place] == membership.pValue(visionCount: both + others, overlap: both))
            }
        }
        #expect(table.bytes.count == 32 + 8 * (3 + 12 + 12))
        let isUndefined = RemovalTable(matches: [true], languageCount: 1, bankSize: 1).pValue.allSatisfy(\.isNaN)
        #expect(isUndefined)
        #expect(RemovalTable(matches: [], languageCount: 0, bankSize: 0).bytes.count == 24 + 8 * 3)
    }
}
