import Testing

@testable import Entente

@Suite struct ProgressBarTests {
    @Test func bytesAreSaidAsPeopleSayThem() {
        #expect(
            [0, 999, 1000, 3_440_000, 1_999_000_000].map(readableBytes) == [
                "0 bytes", "999 bytes", "1.0 kB", "3.4 MB", "2.00 GB",
            ])
        #expect(
            ProgressBar.bytes(60_000_000, of: 100_000_000, before: 20_000_000, seconds: 10)
                == "60.0 MB of 100.0 MB, 4.0 MB a second, about 10 s left")
        #expect(ProgressBar.bytes(10, of: 10, before: 0, seconds: 0) == "10 bytes of 10 bytes")
    }
}
