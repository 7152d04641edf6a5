import Testing

@testable import Kafka

@Suite struct QuotaNoticeTests {
    @Test func itIsSaidAtOnceAndThenOnceAMinute() {
        var notice = QuotaNotice()
        let start = ContinuousClock.now
        #expect(notice.add(.seconds(2), at: start) == .seconds(2))
        for second in 1..<60 { #expect(notice.add(.milliseconds(500), at: start + .seconds(second)) == nil) }
        #expect(notice.add(.seconds(1), at: start + .seconds(60)) == .milliseconds(30_500))
        #expect(notice.add(.seconds(1), at: start + .seconds(61)) == nil)
        #expect(notice.add(.seconds(3), at: start + .seconds(400)) == .seconds(4))
    }
}
