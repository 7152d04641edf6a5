import CCurl

/// A moment as HTTP writes it.
package enum HTTPDate {
    /// Seconds since 1970; nil if the text is no date.
    package static func seconds(of text: String) -> Double? {
        let date = curl_getdate(text, nil)
        return date < 0 ? nil : Double(date)
    }
}
