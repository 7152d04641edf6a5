import Persistence

/// What a page is asked for with: switches, and where its list goes on.
struct PageRequest: Sendable, Hashable {
    let route: ExplorerRoute
    let query: PageQuery

    /// Rows of a list.
    static let length = 50

    /// - Throws: ``ExplorerProblem`` for one that there is not.
    func estimator() throws -> String {
        let name = query["estimator"] ?? "membership"
        guard ["released", "membership"].contains(name) else {
            throw ExplorerProblem(.badRequest, "estimator has to be released or membership.")
        }
        return name
    }

    /// The part method that is asked for, else kmeans, else the first; nil where an analysis has none.
    func method(of methods: [String]) throws -> String? {
        guard let name = query["method"] else {
            return methods.contains("kmeans") ? "kmeans" : methods.first
        }
        guard methods.isEmpty || methods.contains(name) else {
            throw ExplorerProblem(
                .badRequest, "method has to be \(methods.joined(separator: ", ")), the part methods that there are.")
        }
        return methods.isEmpty ? nil : name
    }

    /// This page with other values.
    func href(_ changes: [String: String?]) -> String {
        let text = query.with(changes)
        return route.path + (text.isEmpty ? "" : "?" + text)
    }

    /// Its switches, with what is chosen.
    func switches(_ switches: [(name: String, label: String, options: [String], chosen: String?)]) -> Node {
        .list(
            switches.filter { $0.options.count > 1 }.map { one in
                .record([
                    "switch_name": .text(one.name), "switch_label": .text(one.label),
                    "options": .list(
                        one.options.map {
                            .record(["option": .text($0), "is_chosen": .flag($0 == one.chosen)])
                        }),
                ])
            })
    }
}
