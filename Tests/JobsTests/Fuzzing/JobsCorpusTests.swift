import Foundation
import Testbed
import Testing

/// The inputs that fuzzing starts from and what it has found, in the ordinary build.
@Suite(.timeLimit(.minutes(2))) struct JobsCorpusTests {
    @Test(arguments: JobsInput.allCases) func everyInputIsReadOrRefused(input: JobsInput) throws {
        try Corpus(input.rawValue).read { input.read($0) }
    }
}
