/// Why a setting can't be used; the one error of reading them.
package struct SettingsError: Error, CustomStringConvertible {
    /// The sentence that names the setting and what would mend it.
    package let description: String

    package init(_ description: String) { self.description = description }
}
