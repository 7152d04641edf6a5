extension String {
    /// ISO 8601 as people write it: without T, seconds and zone.
    package var readableTime: String { String(prefix(16)).replacing("T", with: " ") }
}
