import Settings

/// Why a report, a chart, an overlay or a score can't be made.
package struct ReportingError: Error, CustomStringConvertible {
    /// The sentence that names the file, the analysis or the option and what would mend it.
    package let description: String

    init(_ description: String) { self.description = withoutMiddle(neutral(description), limit: 2000) }
}
