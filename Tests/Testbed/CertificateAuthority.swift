import Foundation

/// An authority of the tests' own, made by the command line tool of OpenSSL. Its files lie in one folder.
public final class CertificateAuthority {
    private let folder: String
    private let tool: String
    /// Its own certificate, which whoever trusts it names.
    public let certificate: String

    var trustProperties: [String: String] {
        [
            "ssl.client.auth": "required", "ssl.truststore.type": "PEM", "ssl.truststore.location": certificate,
        ]
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    /// - Parameter folder: made if need be.
    /// - Throws: ``Unusable`` where there is no `openssl`.
    public init(_ name: String, folder: String) throws {
        self.folder = folder
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let found = path.split(separator: ":").map { $0 + "/openssl" }
            .first { FileManager.default.isExecutableFile(atPath: String($0)) }
        guard let found else {
            throw Unusable(description: "no openssl is on the PATH; install it (Debian: openssl)")
        }
        tool = String(found)
        certificate = folder + "/authority.pem"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let configuration = """
            [ca]
            default_ca = here
            [here]
            database = \(folder)/index
            new_certs_dir = \(folder)
            rand_serial = yes
            default_md = sha256
            policy = any
            unique_subject = no
            copy_extensions = copy
            x509_extensions = leaf
            [any]
            commonName = supplied
            [leaf]
            basicConstraints = critical, CA:FALSE
            """
        try configuration.write(toFile: folder + "/authority.conf", atomically: true, encoding: .utf8)
        try "".write(toFile: folder + "/index", atomically: true, encoding: .utf8)
        try run(
            [
                "req", "-x509", "-days", "30", "-subj", "/CN=\(name)", "-keyout", folder + "/authority.key", "-out",
                certificate,
            ]
                + Self.newKey)
    }

    /// Makes a certificate.
    ///
    /// - Parameters:
    ///   - name: its subject, and what its files are called; made again, they are replaced.
    ///   - others: further names, such as `IP:127.0.0.1`.
    ///   - end: until when it is valid; it is from a day before.
    public func issue(
        _ name: String, others: [String] = ["IP:127.0.0.1", "DNS:localhost"], until end: Date = .now + 864_000
    ) throws -> TestCertificate {
        let stem = folder + "/" + name
        let made = stem + "-\(UUID().uuidString.prefix(8))"
        try run(
            [
                "req", "-new", "-subj", "/CN=\(name)", "-addext", "subjectAltName=" + others.joined(separator: ","),
                "-keyout", made + ".key", "-out", made + ".csr",
            ] + Self.newKey)
        try run([
            "ca", "-batch", "-notext", "-config", folder + "/authority.conf", "-keyfile", folder + "/authority.key",
            "-cert",
            certificate, "-in", made + ".csr", "-out", made + ".crt", "-startdate", Self.time(min(.now, end) - 86_400),
            "-enddate", Self.time(end),
        ])
        let parts = try [made + ".key", made + ".crt", certificate].map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }
        // Each by a rename, as whoever renews certificates does.
        for (text, path) in [(parts[0], ".key"), (parts[1], ".crt"), (parts.joined(), ".pem")] {
            try text.write(toFile: stem + path, atomically: true, encoding: .utf8)
        }
        return TestCertificate(certificate: stem + ".crt", key: stem + ".key", store: stem + ".pem")
    }

    private static func time(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyyMMddHHmmss'Z'"
        return format.string(from: date)
    }

    private func run(_ arguments: [String]) throws {
        let end = try RunningProgram(
            tool, arguments, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""], folder: folder
        ).wait(within: 30)
        guard end.status == 0 else { throw Unusable(description: "\(end)") }
    }

    public struct Unusable: Error, CustomStringConvertible { public let description: String }
}
