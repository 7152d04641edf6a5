extension Settings {
    /// A sentence for each variable that looks like one of ours and is none, with the one that may be meant. Values are not repeated.
    package var warnings: [String] {
        environment.keys.filter(Self.isUnknown).sorted().map { variable in
            let meant = Self.nearest(to: variable).map { "; \($0) may be meant" } ?? ""
            return "\(quoted(variable)) is not a setting and changes nothing\(meant)."
        }
    }

    /// Variables that other parts read; a name that ends in `_` stands for all that begin with it.
    private static let others = [
        "ENTENTE_CONFIG", "ENTENTE_KERNELS", kafkaPropertiesPrefix, "ENTENTE_TEST_", "ENTENTE_CHAOS_", "ENTENTE_FAULT_",
        "ENTENTE_WRITE_DOCUMENTS",
    ]

    private static func isUnknown(_ variable: String) -> Bool {
        guard variable.hasPrefix("ENTENTE_"), !isOfKubernetes(variable) else { return false }
        return !Setting.allCases.contains { $0.variable == variable }
            && !others.contains { $0.hasSuffix("_") ? variable.hasPrefix($0) && variable != $0 : variable == $0 }
    }

    /// Kubernetes tells a pod of services that way: one that is called `entente-…` looks like us.
    private static func isOfKubernetes(_ variable: String) -> Bool {
        variable.wholeMatch(
            of: /ENTENTE(_.+)?_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)/) != nil
    }

    private static func nearest(to variable: String) -> String? {
        let names =
            Setting.allCases.map(\.variable) + others.filter { !$0.hasSuffix("_") && !$0.hasPrefix("ENTENTE_WRITE") }
        let ranked = names.map { (name: $0, distance: editDistance(variable, $0)) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        // Half of what is ours alone may differ; with more, anything would be near.
        if let ranked, ranked.distance <= 3 { return ranked.name }
        if let property = property(near: variable) { return property }
        guard let ranked, ranked.distance * 2 <= variable.utf8.count - "ENTENTE_".utf8.count else { return nil }
        return ranked.name
    }

    /// The variable of a property of librdkafka's, whose prefix is written otherwise or left out.
    private static func property(near variable: String) -> String? {
        let words = variable.split(separator: "_")
        guard words.count > 2, words[1] == "KAFKA" else { return nil }
        let prefix = "ENTENTE_KAFKA_\(words[2])_"
        if words.count > 3, editDistance(prefix, kafkaPropertiesPrefix) <= 3 {
            return kafkaPropertiesPrefix + words[3...].joined(separator: "_")
        }
        guard ["SASL", "SSL", "SECURITY", "ENABLE", "SOCKET", "SESSION"].contains(words[2]) else { return nil }
        return kafkaPropertiesPrefix + words[2...].joined(separator: "_")
    }

    /// How many characters have to be put in, left out, changed or exchanged with their neighbour.
    static func editDistance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one.utf8.prefix(256)), Array(other.utf8.prefix(256)))
        var before: [Int] = []
        var last = Array(0...other.count)
        for i in one.indices {
            var row = [i + 1]
            for j in other.indices {
                var best = min(last[j] + (one[i] == other[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            (before, last) = (last, row)
        }
        return last[other.count]
    }
}
