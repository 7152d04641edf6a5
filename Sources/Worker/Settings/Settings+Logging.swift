import Logging

extension Settings {
    /// A logger at the level that is set; writes to standard error, one line an event.
    package func logger(_ label: String) throws(SettingsError) -> Logger {
        let name = try required(.logLevel)
        guard let level = Logger.Level(rawValue: name) else {
            throw SettingsError(
                "\(Setting.logLevel.variable) is \"\(name)\"; it has to be one of "
                    + Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        var logger = Logger(label: label, factory: StructuredLogHandler.init)
        logger.logLevel = level
        return logger
    }
}
