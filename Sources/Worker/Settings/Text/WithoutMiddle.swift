/// A long text from outside without its middle: the beginning says where something lies, the end what it is.
///
/// - Parameter limit: bytes of UTF-8 that may stay; a text of no more stays whole.
package func withoutMiddle(_ text: String, limit: Int) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count > limit else { return text }
    func continues(_ place: Int) -> Bool { bytes[place] & 0xC0 == 0x80 }
    var (head, tail) = (limit * 2 / 3, bytes.count - limit / 3)
    // Never through the middle of a scalar.
    while head > 0, continues(head) { head -= 1 }
    while tail < bytes.count, continues(tail) { tail += 1 }
    return String(decoding: bytes[..<head], as: UTF8.self) + "…" + String(decoding: bytes[tail...], as: UTF8.self)
}
