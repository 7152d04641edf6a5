/// Unicode's normalisation form C.
///
/// Our own, because Foundation's `precomposedStringWithCanonicalMapping` of Swift 6.3 is wrong in three ways: it leaves a
/// Hangul syllable and a final consonant behind it apart (U+AC00 U+11A8), mistakes characters beyond the basic plane for
/// those whose lower 16 bits they share (U+30077 with an acute becomes ẃ), and does not put the parts of the Tibetan
/// vowel signs U+0F73, U+0F75 and U+0F81 in order.
enum CanonicalComposition {
    /// `text` with everything composed that can be.
    static func compose(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        // Below the first combining mark nothing composes or decomposes.
        guard text.contains(where: { $0 >= "\u{300}" }) else { return text }
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        // The last character of combining class 0, and the class of the last one put behind it.
        var starter: Int?
        var lastClass: UInt8 = 0
        for (scalar, combiningClass) in ordered(text) {
            if let starter, lastClass == 0 || lastClass < combiningClass,
                let composite = composite(result[starter], scalar)
            {
                result[starter] = composite
                continue
            }
            if combiningClass == 0 { starter = result.count }
            lastClass = combiningClass
            result.append(scalar)
        }
        return result
    }

    /// Form D.
    static func decompose(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] { ordered(text).map(\.scalar) }

    /// `text` decomposed, with combining classes, each run of marks stably sorted by class.
    private static func ordered(_ text: [Unicode.Scalar]) -> [(scalar: Unicode.Scalar, combiningClass: UInt8)] {
        var result: [(scalar: Unicode.Scalar, combiningClass: UInt8)] = []
        result.reserveCapacity(text.count)
        func append(_ scalar: Unicode.Scalar) {
            if let parts = table.decompositions[scalar] ?? Hangul.decompose(scalar) {
                parts.forEach(append)
            } else {
                result.append((scalar, scalar < "\u{300}" ? 0 : scalar.properties.canonicalCombiningClass.rawValue))
            }
        }
        text.forEach(append)
        var start = 0
        while start < result.count {
            guard result[start].combiningClass != 0 else {
                start += 1
                continue
            }
            let end: Int = result[start...].firstIndex { $0.combiningClass == 0 } ?? result.count
            if end - start > 1 {
                // By place within a class, since Swift does not promise that its sort keeps the order of equals.
                let run = result[start..<end].enumerated().sorted {
                    ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
                }
                result.replaceSubrange(start..<end, with: run.map(\.element))
            }
            start = end
        }
        return result
    }

    private static func composite(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        table.composites[key(first, second)] ?? Hangul.compose(first, second)
    }

    private static func key(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt64 {
        UInt64(first.value) << 32 | UInt64(second.value)
    }

    private static let table = {
        var decompositions: [Unicode.Scalar: [Unicode.Scalar]] = [:]
        var composites: [UInt64: Unicode.Scalar] = [:]
        for entry in canonicalDecompositionTable.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let fields = entry.split(separator: "=")
            let parts = fields[1].split(separator: "+").compactMap {
                UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
            }
            guard let code = UInt32(fields[0].prefix { $0 != "*" }, radix: 16), let scalar = Unicode.Scalar(code) else {
                preconditionFailure("the table of canonical decompositions holds the entry \(entry)")
            }
            decompositions[scalar] = parts
            if !fields[0].hasSuffix("*") { composites[key(parts[0], parts[1])] = scalar }
        }
        return (decompositions: decompositions, composites: composites)
    }()
}
