import Foundation
import Testing

@testable import Settings

struct PrintedNumberTests {
    @Test(arguments: ["%.1f", "%.4f", "%.3g", "%.9f", "%.1f %%"]) func numbersAreWrittenAsFoundationWritesThem(
        _ pattern: String
    ) {
        var numbers = [
            0, -0.0, 0.05, 0.15, 0.25, -0.25, 1e-9, 123456.789, 1e21, .greatestFiniteMagnitude,
            -.greatestFiniteMagnitude,
            .leastNonzeroMagnitude, .infinity, -.infinity, .nan,
        ]
        var state = SystemRandomNumberGenerator()
        numbers += (0..<1000).map { _ in Double.random(in: -1...1, using: &state) }
        for number in numbers { #expect(number.printed(pattern) == String(format: pattern, number), "\(number)") }
    }
}
