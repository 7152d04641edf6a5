import HTTP
import Settings

/// Bytes of a URI that messages have at most.
private let shownBytes = 240

/// A URI for messages and logs, the one place that shows one: without credentials, query and fragment, and without the payload
/// of `data:`; a long one without its middle.
package func redactedURI(_ uri: String) -> String {
    let visible = VisibleURI(uri)
    let isWeb = visible.scheme == "http" || visible.scheme == "https"
    // As it is asked for, where it can be.
    let asked = isWeb && visible.isPlain ? try? HTTPURL(parsing: uri, asIs: true).shown : nil
    return withoutMiddle(asked ?? visible.text, limit: shownBytes)
}
