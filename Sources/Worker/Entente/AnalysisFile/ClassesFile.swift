import Concepts
import Foundation
import Inference
import Jobs
import Settings

/// `classes.json`: `[{"id": "n01440764", "name": "tench"}, …]` in dataset order.
enum ClassesFile {
    /// Returns nil, with at least one problem added, if the file is unusable.
    static func read(_ path: String, problems: inout [Problem]) -> [Analysis.Class]? {
        guard let root = JSONFile.read(path, problems: &problems) else { return nil }
        let before = problems.count
        func report(_ message: String) { problems.append(Problem(file: path, line: nil, message: message)) }
        var kinds = ProblemKinds()
        guard case .array(let entries) = root else {
            report("The file has to hold an array of {\"id\", \"name\"} objects, not \(root.kind).")
            return nil
        }
        if entries.isEmpty { report("The file needs at least one class.") }
        var classes: [Analysis.Class] = []
        var seen: Set<Identifier> = []
        for (index, entry) in entries.enumerated() {
            guard case .object(let members) = entry else {
                kinds.add(
                    "The file has to hold an array of {\"id\", \"name\"} objects, and these entries are none",
                    item: "\(index) (\(entry.kind))",
                    "Entry \(index) is \(entry.kind), not an {\"id\", \"name\"} object.")
                continue
            }
            func field(_ name: String) -> String? {
                guard case .string(let text)? = members.first(where: { $0.name == name })?.value, !text.isEmpty else {
                    kinds.add(
                        "These entries need a non-empty string `\(name)`", item: "\(index)",
                        "Entry \(index) needs a non-empty string `\(name)`.")
                    return nil
                }
                return text
            }
            // Both asked before either is missed, so that both are reported.
            let (readID, readName) = (field("id"), field("name"))
            guard let id = readID.map({ Identifier($0) }), let name = readName else { continue }
            if !seen.insert(id).inserted {
                kinds.add(
                    "These class ids stand twice", item: quoted(id.text),
                    "The class id \(quoted(id.text)) stands twice.")
            }
            // Images are labelled with it, so it has to fit an image job.
            do throws(JobError) { try ImageJob.check(id.text, "id") } catch {
                kinds.add(
                    "The ids of these entries hold control characters, or more than 512 characters", item: "\(index)",
                    "Entry \(index): \(error.message).")
            }
            if name.utf8.contains(0) {
                kinds.add(
                    "The names of these entries hold the character U+0000, which can't be stored", item: "\(index)",
                    "Entry \(index): `name` holds the character U+0000, which can't be stored; remove it.")
            }
            classes.append(Analysis.Class(id: id, name: name))
        }
        kinds.messages.forEach(report)
        return problems.count == before ? classes : nil
    }
}
