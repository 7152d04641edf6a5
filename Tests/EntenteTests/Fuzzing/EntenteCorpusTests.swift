import Foundation
import Testbed
import Testing

/// The inputs of what can't be fuzzed without the whole worker, in the ordinary build.
@Suite(.timeLimit(.minutes(2))) struct EntenteCorpusTests {
    @Test(arguments: EntenteInput.allCases) func everyInputIsReadOrRefused(input: EntenteInput) throws {
        try Corpus(input.rawValue).read { input.read($0) }
    }
}
