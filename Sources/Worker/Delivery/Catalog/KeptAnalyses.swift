import Analyzing

/// The analyses that stay loaded while no job of theirs is in flight: those used last, on the few models used last.
///
/// A value without locks. What is not kept lives on for as long as a job holds it.
struct KeptAnalyses {
    /// Models whose analyses stay.
    let models: Int
    /// The latest last.
    private var entries: [LoadedAnalysis] = []

    /// Analyses that stay, on whatever models: their texts take memory, too.
    static let limit = 16

    /// - Parameter models: at least 1.
    init(models: Int) { self.models = models }

    func contains(_ id: String) -> Bool { entries.contains { $0.id == id } }

    /// The analysis, which is the latest from now on.
    mutating func use(_ id: String) -> LoadedAnalysis? {
        guard let place = entries.lastIndex(where: { $0.id == id }) else { return nil }
        entries.append(entries.remove(at: place))
        return entries.last
    }

    /// Takes one in as the latest.
    ///
    /// - Returns: those that are let go of for it.
    mutating func keep(_ analysis: LoadedAnalysis) -> [LoadedAnalysis] {
        entries.append(analysis)
        var seen: Set<ObjectIdentifier> = []
        var kept: [LoadedAnalysis] = []
        var released: [LoadedAnalysis] = []
        for entry in entries.reversed() {
            let model = ObjectIdentifier(entry.model)
            if kept.count < Self.limit, seen.contains(model) || seen.count < models {
                seen.insert(model)
                kept.append(entry)
            } else {
                released.append(entry)
            }
        }
        entries = kept.reversed()
        return released
    }
}
