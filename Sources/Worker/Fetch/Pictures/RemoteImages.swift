import HTTP
import Jobs
import Settings

/// Pictures that other machines have.
package struct RemoteImages: Sendable {
    let http: HTTPImages
    let s3: S3Images

    /// - Parameters:
    ///   - limit: bytes of a picture at most.
    ///   - isCancelled: whether nobody waits for pictures any more.
    /// - Throws: ``SettingsError`` naming the setting that is wrong.
    package init(
        settings: Settings, limit: Int, isCancelled: @escaping @Sendable () -> Bool
    ) throws(SettingsError) {
        let allowed: AllowedHosts
        do { allowed = try AllowedHosts(parsing: settings.value(.httpAllowedHosts) ?? "") } catch {
            throw SettingsError(
                "\(Setting.httpAllowedHosts.variable) holds \(quoted(redactedURI(error.entry))), which is neither a host's name nor an "
                    + "address nor a range such as 10.1.0.0/16; each may have :port behind it.")
        }
        http = HTTPImages(
            client: HTTPClient(policy: .openNetwork(except: allowed), isCancelled: isCancelled), limit: limit,
            timeout: Double(try settings.integer(.fetchTimeout, in: 1...3600)))
        s3 = S3Images(
            service: try settings.s3(), client: HTTPClient(policy: .anywhere, isCancelled: isCancelled),
            elsewhere: http)
    }
}
