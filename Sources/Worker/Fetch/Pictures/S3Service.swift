import Foundation
import HTTP
import Settings

/// The object store that `s3://` means.
struct S3Service: Sendable {
    /// Where a URL has the bucket.
    enum Addressing: String, Sendable {
        case path
        case host
    }

    /// Of an empty body.
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    let endpoint: HTTPURL
    /// nil: in the host where the bucket's name can be part of one.
    let addressing: Addressing?
    let region: String
    /// nil: nobody in particular asks.
    let credentials: AWSCredentials?

    /// A URL of the object, and the headers that it has to be asked for with.
    func request(
        _ object: S3Location, at date: Date
    ) throws(HTTPURL.Problem) -> (url: HTTPURL, headers: [(name: String, value: String)]) {
        let url = try HTTPURL(parsing: text(object), asIs: true)
        guard let credentials else { return (url, []) }
        let time = AWSSignature.time(date)
        var headers = [("x-amz-content-sha256", Self.emptyHash), ("x-amz-date", time)]
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let signature = AWSSignature(credentials: credentials, region: region, service: "s3").authorization(
            method: "GET", path: url.path, headers: headers + [("host", Self.host(url))], payload: Self.emptyHash,
            time: time)
        return (url, (headers + [("authorization", signature)]).map { (name: $0.0, value: $0.1) })
    }

    private func text(_ object: S3Location) -> String {
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        // As in the `Host` header, which is signed.
        let port = Self.isDefaultPort(endpoint) ? "" : ":\(endpoint.port)"
        let prefix = endpoint.path == "/" ? "" : endpoint.path
        return switch addressing ?? (Self.isLabel(object.bucket) ? .host : .path) {
        case .path: "\(endpoint.scheme)://\(host)\(port)\(prefix)/\(object.bucket)/\(object.path)"
        case .host: "\(endpoint.scheme)://\(object.bucket).\(host)\(port)\(prefix)/\(object.path)"
        }
    }

    private static func host(_ url: HTTPURL) -> String {
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        return isDefaultPort(url) ? host : "\(host):\(url.port)"
    }

    private static func isDefaultPort(_ url: HTTPURL) -> Bool { url.port == (url.scheme == "https" ? 443 : 80) }

    /// Whether a certificate for all names of one level holds for it.
    private static func isLabel(_ bucket: String) -> Bool {
        bucket.utf8.count <= 63 && !bucket.contains { $0.isUppercase || $0 == "." || $0 == "_" }
    }
}

extension Settings {
    /// The object store that is configured.
    func s3() throws(SettingsError) -> S3Service {
        let region = foreign("AWS_REGION") ?? foreign("AWS_DEFAULT_REGION") ?? "us-east-1"
        let named = [(Setting.s3Endpoint.variable, value(.s3Endpoint).flatMap { $0.isEmpty ? nil : $0 })]
        let others = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].map { ($0, foreign($0)) }
        let (variable, endpoint) = (named + others).first { $0.1 != nil } ?? ("AWS_REGION", nil)
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        guard let url = try? HTTPURL(parsing: endpoint ?? "https://s3.\(region).\(suffix)"),
            !url.text.contains(where: { "@?#".contains($0) }),
            region.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else {
            throw SettingsError(
                endpoint == nil
                    ? "AWS_REGION is \(quoted(region)), which is no region's name; it has to be such as eu-central-1."
                    : "\(variable) is no URL of an object store; it has to be such as https://minio.example.org:9000.")
        }
        return S3Service(
            endpoint: url, addressing: try s3Addressing(isNamed: endpoint != nil), region: region,
            credentials: try awsCredentials())
    }

    private func s3Addressing(isNamed: Bool) throws(SettingsError) -> S3Service.Addressing? {
        guard let text = value(.s3Addressing), !text.isEmpty else { return isNamed ? .path : nil }
        guard let addressing = S3Service.Addressing(rawValue: text) else {
            throw SettingsError("\(Setting.s3Addressing.variable) is \(quoted(text)); it has to be path or host.")
        }
        return addressing
    }

    private func awsCredentials() throws(SettingsError) -> AWSCredentials? {
        let (id, secret) = (foreign("AWS_ACCESS_KEY_ID"), foreign("AWS_SECRET_ACCESS_KEY"))
        guard let id, let secret else {
            guard id == nil, secret == nil else {
                throw SettingsError(
                    "Of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set; set both, or neither to ask "
                        + "anonymously.")
            }
            return nil
        }
        let token = foreign("AWS_SESSION_TOKEN")
        // They become headers.
        guard [id, secret, token ?? ""].allSatisfy({ $0.utf8.allSatisfy { 0x21...0x7E ~= $0 } }) else {
            throw SettingsError(
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_SESSION_TOKEN holds a space or line break.")
        }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }
}
