import Testing

@testable import Inference

struct BytePairEncodingTests {
    /// The definition, literally: in each round the pair of lowest rank is joined wherever it occurs.
    private struct Oracle {
        let ids: [String: Int32]
        let ranks: [String: Int]

        init() throws {
            ids = try TextGolden.ids()
            ranks = Dictionary(uniqueKeysWithValues: try TextGolden.merges().enumerated().map { ($1, $0) })
        }

        func encode(_ word: String) -> [Int32?] {
            var symbols = word.utf8.map { String(ByteSymbols.all[Int($0)]) }
            symbols[symbols.count - 1] += "</w>"
            while true {
                let pairs = zip(symbols, symbols.dropFirst()).map { "\($0) \($1)" }
                guard
                    let best = pairs.filter({ ranks[$0] != nil }).min(by: {
                        ranks[$0, default: 0] < ranks[$1, default: 0]
                    })
                else { return symbols.map { ids[$0] } }
                var joined: [String] = []
                var position = 0
                while position < symbols.count {
                    if position + 1 < symbols.count, "\(symbols[position]) \(symbols[position + 1])" == best {
                        joined.append(symbols[position] + symbols[position + 1])
                        position += 2
                    } else {
                        joined.append(symbols[position])
                        position += 1
                    }
                }
                symbols = joined
            }
        }
    }

    private func golden() throws -> BytePairEncoding {
        try BytePairEncoding(Vocabulary.read(directory: TextGolden.folder.path, size: nil))
    }

    @Test func joinsAsTheDefinitionSays() throws {
        let oracle = try Oracle()
        let encoding = try golden()
        var generator = SystemRandomNumberGenerator()
        let alphabets = ["ab", "aeinrst", "abcdefghijklmnopqrstuvwxyz", "aé猫🙂", "photoshwing", "_-</w>"]
        for round in 0..<3000 {
            let alphabet = alphabets[round % alphabets.count]
            let length = Int.random(in: 1...(round % 10 == 0 ? 60 : 12), using: &generator)
            let word = String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
            var ids: [Int32] = []
            encoding.encode(Array(word.unicodeScalars)[...], into: &ids)
            #expect(ids.map { Int32?($0) } == oracle.encode(word), "\(word)")
        }
    }

    /// Wherever the reference would need passes without end, too.
    @Test(.timeLimit(.minutes(1))) func aMillionLettersEnd() throws {
        let tokenizer = try TextGolden.tokenizer()
        let ids = tokenizer.encode(String(repeating: "spotted", count: 150_000))
        #expect(ids.count > 100_000)
        #expect(ids.allSatisfy { (0..<Int32(tokenizer.vocabularySize)).contains($0) })
    }

    @Test func appendsToWhatIsThere() throws {
        let encoding = try golden()
        var ids: [Int32] = [-7]
        encoding.encode(Array("cat".unicodeScalars)[...], into: &ids)
        encoding.encode([][...], into: &ids)
        #expect(ids.first == -7)
        #expect(ids.dropFirst().elementsEqual(try TextGolden.tokenizer().encode("cat")))
    }

    @Test func byteSymbolsAreDistinctAndVisible() {
        #expect(Set(ByteSymbols.all).count == 256)
        #expect(ByteSymbols.all[0x61] == "a")
        #expect(ByteSymbols.all[0x20] == "Ġ")
        #expect(ByteSymbols.all[0xAD] == "\u{143}")
        #expect(ByteSymbols.all.allSatisfy { !$0.properties.isWhitespace && $0.value > 0x20 })
    }
}
