/// A piece of a page: the same tree is shown by a template and written as the page's twin.
indirect enum Node: Sendable, Equatable {
    case absent
    case text(String)
    /// `shown` is the number as a person reads it.
    case number(Double, shown: String)
    case count(Int)
    case flag(Bool)
    case list([Node])
    case record(Record)
    /// Markup of our own, with all that is from outside escaped in it; shown and not written.
    case drawing(String)

    init(_ text: String?) { self = text.map { .text($0) } ?? .absent }
}
