import Foundation
import Settings

extension Node {
    /// What a template is given. Text is escaped where the template puts it.
    var templateValue: Any {
        switch self {
        // Not left out: a template would look for the name in what is around.
        case .absent: NSNull()
        case .text(let text): ShownText.of(text)
        case .number(_, let shown): shown
        case .count(let count): Format.grouped(count)
        case .flag(let flag): flag
        case .list(let nodes): nodes.map(\.templateValue)
        case .record(let record): record.templateValue
        case .drawing(let markup): markup
        }
    }
}

extension Record {
    var templateValue: [String: Any] {
        Dictionary(fields.map { ($0.name, $0.value.templateValue) }) { first, _ in first }
    }
}
