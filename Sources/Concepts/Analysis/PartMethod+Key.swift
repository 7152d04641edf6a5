extension PartMethod {
    /// The part method that a key of results names, whatever features or dense method stand behind it.
    ///
    /// - Parameter key: as ``MethodParameters/key(of:)`` makes it.
    public init?(key: String) {
        self.init(rawValue: String(key.prefix { $0 != "@" && $0 != "+" }))
    }
}
