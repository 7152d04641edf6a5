/// Where maps of texts come from.
package enum MapProvision: Sendable {
    /// There are none; the sentence says why, and what would mend it.
    case none(String)
    /// A child process that holds one model.
    case child(MapChildOptions)
}
