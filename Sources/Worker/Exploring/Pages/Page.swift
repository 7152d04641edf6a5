/// A page: what it says, as a tree that its twin is written of, and what only its HTML has.
struct Page: Sendable {
    /// What its template and `data-page` are called.
    let kind: String
    let title: String
    /// The way to it from the index, each with its address.
    var crumbs: [(name: String, href: String)] = []
    /// Of page and twin.
    var content: Record
    /// Of the page alone.
    var drawings: Record = [:]
    /// The list in ``content`` that a CSV file is made of; nil: there is none.
    var table: String?
    /// The statements behind it.
    var asked: [Asked] = []
    /// Why a part of it could not be had just now; its kind is the answer's.
    var shortcoming: ExplorerProblem?
}
