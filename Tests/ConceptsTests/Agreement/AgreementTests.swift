import Foundation
import Testing

@testable import Concepts

@Suite struct AgreementTests {
    struct Case: Decodable {
        let bank: Int, vision: Int, language: Int
        let matches: [Int]
        let probability: Double, pValue: Double
        let membership: [Double], released: [Double]
        let nmiMax: Double, ami: Double
    }

    static func matches(_ overlap: Int, of count: Int) -> [Bool] { (0..<count).map { $0 < overlap } }

    @Test func estimatorsAreSciPysAndScikitLearns() throws {
        let cases: [Case] = try Golden.cases("agreements")
        for (number, golden) in cases.enumerated() {
            let matches = golden.matches.map { $0 == 1 }
            let overlap = matches.count { $0 }
            let released = ReleasedEstimator(visionCount: golden.vision, languageCount: golden.language)
            expectClose(released.curve(matches: matches), golden.released, tolerance: 1e-12, "case \(number)")
            let membership = MembershipEstimator(bankSize: golden.bank, languageCount: golden.language)
            expectClose(membership.curve(matches: matches), golden.membership, tolerance: 1e-12, "case \(number)")
            expectClose(
                [try #require(membership.normalized(visionCount: golden.vision, overlap: overlap))],
                [golden.nmiMax], tolerance: 1e-9, "case \(number)")
            expectClose(
                [try #require(membership.adjusted(visionCount: golden.vision, overlap: overlap))], [golden.ami],
                tolerance: 1e-8, "case \(number)")
            let pValue = try #require(membership.pValue(visionCount: golden.vision, overlap: overlap))
            #expect((pValue / golden.pValue - 1).magnitude < 1e-9, "case \(number): \(pValue)")
            let null = Hypergeometric(population: golden.bank, marked: golden.language, drawn: golden.vision)
            #expect((null.probability(of: overlap) / golden.probability - 1).magnitude < 1e-9, "case \(number)")
        }
    }

    /// docs/method.md §11.2 at D = 4229, N = 15, M = 50: overlap, I, NMI_max, p, AMI, released. Each to half a unit of its last
    /// printed digit.
    @Test(arguments: [
        (0, (4.226e-5, 5e-9), (0.0026, 5e-5), (1.0, 1e-12), (-0.00156, 5e-6), 0.0),
        (1, (2.2161e-4, 5e-9), (0.0136, 5e-5), (0.16364, 5e-6), (0.00608, 5e-6), 6.620073),
        (2, (7.5054e-4, 5e-9), (0.0460, 5e-5), (0.01304, 5e-6), (0.02861, 5e-6), 7.313220),
        (3, (1.42640e-3, 5e-9), (0.0874, 5e-5), (6.404e-4, 5e-8), (0.05741, 5e-6), 7.718685),
        (5, (3.07492e-3, 5e-9), (0.1883, 5e-5), (5.18e-7, 5e-10), (0.12764, 5e-6), 8.229511),
        (8, (6.11903e-3, 5e-9), (0.3747, 5e-5), (1.29e-12, 5e-15), (0.25733, 5e-6), 8.699515),
        (15, (1.632897e-2, 5e-9), (1.0, 1e-12), (1.22e-30, 5e-33), (0.69230, 5e-6), 9.328123),
    ])
    func methodsTable(
        overlap: Int, mi: (Double, Double), nmiMax: (Double, Double), pValue: (Double, Double),
        ami: (Double, Double), released: Double
    ) throws {
        let agreement = Agreement(matches: Self.matches(overlap, of: 15), languageCount: 50, bankSize: 4229)
        #expect((agreement.membership.mi.nats - mi.0).magnitude <= mi.1)
        #expect((try #require(agreement.nmiMax) - nmiMax.0).magnitude <= nmiMax.1)
        #expect((try #require(agreement.pValue) - pValue.0).magnitude <= pValue.1)
        #expect((try #require(agreement.ami) - ami.0).magnitude <= ami.1)
        #expect((agreement.released.mi.nats - released).magnitude <= 5e-7)
    }

    @Test func methodsConstants() {
        let membership = MembershipEstimator(bankSize: 4229, languageCount: 50)
        let null = Hypergeometric(population: 4229, marked: 50, drawn: 15)
        #expect((null.probability(of: 0) - 0.836356).magnitude < 5e-7)
        #expect((null.support.reduce(0.0) { $0 + null.probability(of: $1) } - 1).magnitude < 1e-12)
        #expect((null.support.reduce(0.0) { $0 + Double($1) * null.probability(of: $1) } - 0.177347).magnitude < 5e-7)
        let expected = null.support.reduce(0.0) {
            $0 + null.probability(of: $1) * membership.information(visionCount: 15, overlap: $1)
        }
        #expect((expected - 7.8957e-5).magnitude < 5e-10)
        #expect((membership.information(visionCount: 15, overlap: 15) - 0.01632897).magnitude < 5e-9)
    }

    /// docs/method.md §11.3: N = 5, M = 50, matches at ranks 1 and 4.
    @Test func methodsDynamics() {
        let agreement = Agreement(matches: [true, false, false, true, false], languageCount: 50, bankSize: 4229)
        expectClose(
            agreement.released.curve.map(\.nats), [6.214608, 5.521461, 5.521461, 5.521461, 0, 0], tolerance: 5e-7)
        #expect((agreement.released.auc.nats - 3.796498).magnitude < 5e-7)
    }

    /// AUC = [ρ_o (ln N + ln M) + Σ_{t<ρ_o} ln o_t] / (N + 1), ρ the ranks of the matches.
    @Test func areaHasItsClosedForm() {
        var generator = SplitMix64(seed: 21)
        for _ in 0..<200 {
            let (n, m) = (1 + generator.next(below: 15), 1 + generator.next(below: 60))
            let matches = (0..<n).map { _ in generator.next(below: 3) == 0 }
            let ranks = matches.indices.filter { matches[$0] }.map { $0 + 1 }
            guard ranks.count <= m else { continue }
            let last = ranks.last ?? 0
            var area = Double(last) * (log(Double(n)) + log(Double(m)))
            for t in 0..<last { area += log(Double(ranks.count { $0 > t })) }
            let agreement = Agreement(matches: matches, languageCount: m, bankSize: 500)
            #expect((agreement.released.auc.nats - area / Double(n + 1)).magnitude < 1.1e-9)
            #expect(agreement.released.curve.count == n + 1)
            #expect(agreement.membership.curve.count == n + 1)
            #expect(agreement.released.curve.last == .zero && agreement.membership.curve.last == .zero)
        }
    }

    @Test func membershipVanishesAtIndependenceAloneAndIsSymmetric() {
        let bank = 24
        for n in 0...bank {
            for m in 0...bank {
                for o in max(0, n + m - bank)...min(n, m) {
                    let value = MembershipEstimator(bankSize: bank, languageCount: m).information(
                        visionCount: n, overlap: o)
                    let mirrored = MembershipEstimator(bankSize: bank, languageCount: n)
                        .information(visionCount: m, overlap: o)
                    #expect((value - mirrored).magnitude < 1e-14)
                    #expect(value >= 0 && value < log(2) + 1e-12)
                    #expect((value < 1e-12) == (o * bank == n * m), "\(n) \(m) \(o)")
                }
            }
        }
    }

    @Test func undefinedValuesAreNil() {
        let whole = Agreement(matches: [true, true], languageCount: 9, bankSize: 9)
        #expect(whole.nmiMax == nil && whole.ami == nil && whole.pValue == nil)
        #expect(whole.membership.mi == .zero)
        #expect(whole.released.mi == NanoNats(nats: log(2 * 9 * 2)))

        let noVision = Agreement(matches: [], languageCount: 3, bankSize: 9)
        #expect(noVision.nmiMax == nil && noVision.ami == nil && noVision.pValue == 1)
        #expect(noVision.released == Agreement.Dynamics(curve: [.zero], auc: .zero))

        let empty = Agreement(matches: [], languageCount: 0, bankSize: 0)
        #expect(empty.nmiMax == nil && empty.ami == nil && empty.pValue == nil)

        // Two descriptors, one on each list: chance alone reaches the largest information there is.
        let tiny = Agreement(matches: [true], languageCount: 1, bankSize: 2)
        #expect(tiny.nmiMax == 1 && tiny.ami == nil && tiny.pValue == 0.5)
    }
}
