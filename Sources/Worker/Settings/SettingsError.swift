/// Why a setting can't be used; the one error of reading them.
package struct SettingsError: Error, CustomStringConvertible {
    /// The sentence that names the setting and what would mend it; of a file, one a line.
    package let description: String

    package init(_ description: String) { self.description = withoutMiddle(neutral(description), limit: 2000) }

    /// - Parameter problems: of the file of settings.
    init(_ problems: [Problem]) { description = Problem.list(problems) }
}
