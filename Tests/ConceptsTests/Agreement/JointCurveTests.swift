import Testing

@testable import Concepts

@Suite struct JointCurveTests {
    @Test func shorterCurvesArePaddedWithZeros() {
        let joint = JointCurve([[6, 4, 0], [8, 8, 4, 4, 0]])
        #expect(joint.values == [7, 6, 2, 2, 0])
        #expect(joint.mi == 7)
        #expect(joint.auc == 3.4)
    }

    @Test func oneCurveIsItself() {
        let joint = JointCurve([[3, 1, 0]])
        #expect(joint.values == [3, 1, 0])
        #expect(joint.auc == 4.0 / 3)
        #expect(JointCurve([[0], [0]]).auc == 0)
    }
}
