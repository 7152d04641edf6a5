import Foundation
import HTTP
import Jobs
import Settings

/// Pictures at `s3://bucket/key`.
struct S3Images: Sendable {
    let service: S3Service
    /// For the endpoint, which may lie anywhere, since it is the operator's word.
    let client: HTTPClient
    /// For where the endpoint redirects to, which is the endpoint's word.
    let elsewhere: HTTPImages

    /// Errors that say something of the worker's credentials, clock or region and nothing of the object: it waits until
    /// they are mended.
    private static let ownFaults: Set<String> = [
        "AuthorizationHeaderMalformed", "ExpiredToken", "IllegalLocationConstraintException", "InvalidAccessKeyId",
        "InvalidToken", "PermanentRedirect", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "TokenRefreshRequired",
    ]

    /// Errors that pass, whatever their status: stores say some of them with 400.
    private static let passing: Set<String> = [
        "InternalError", "RequestLimitExceeded", "RequestTimeout", "ServiceUnavailable", "SlowDown", "Throttling",
        "ThrottlingException",
    ]

    /// - Throws: ``ImageFailure`` for what will not change, ``TransientFetchFailure`` for what may.
    func read(_ uri: String) throws -> [UInt8] {
        let object = try S3Location(parsing: uri)
        let shown = redactedURI(uri)
        guard let (url, headers) = try? service.request(object, at: Date()) else {
            throw ImageFailure(.unsupportedURI, "\(shown) can't be asked for at \(service.endpoint.host).")
        }
        var hop = HTTPImages.Hop(shown: shown, deadline: .now + .seconds(elsewhere.timeout))
        let body = ImageBody(limit: elsewhere.limit)
        let head: HTTPHead
        do {
            head = try client.get(url, headers: headers, limits: hop.limits, receive: body.receive)
        } catch {
            throw HTTPImages.failure(error, shown, url.host)
        }
        // Unsigned: the signature is for the endpoint's host, and the credentials are nobody else's business.
        if head.isRedirect { return try elsewhere.follow(elsewhere.next(after: head, from: url, &hop), &hop) }
        let code = head.status >= 300 ? Self.code(of: body.errorText) : nil
        if let code, Self.ownFaults.contains(code) {
            throw TransientFetchFailure(description: "\(shown) can't be fetched: \(Self.advice(code, head)).")
        }
        if let code, Self.passing.contains(code) {
            throw TransientFetchFailure(
                description: "\(shown) can't be fetched now: HTTP \(head.status), \(code).",
                retryAfter: ImageBody.retryAfter(head))
        }
        return try body.contents(head, shown, detail: code)
    }

    /// What stands between `<Code>` and `</Code>`, if it is a word.
    private static func code(of xml: String) -> String? {
        xml.firstMatch(of: /<Code>([A-Za-z0-9.]{1,64})<\/Code>/).map { String($0.1) }
    }

    private static func advice(_ code: String, _ head: HTTPHead) -> String {
        switch (code, head["x-amz-bucket-region"]) {
        case ("AuthorizationHeaderMalformed", let region?), ("PermanentRedirect", let region?),
            ("IllegalLocationConstraintException", let region?):
            "\(code): the bucket is in another region; set AWS_REGION to \(quoted(region))"
        case ("RequestTimeTooSkewed", _): "\(code): set this machine's clock"
        case ("AuthorizationHeaderMalformed", _), ("PermanentRedirect", _):
            "\(code): set AWS_REGION to the bucket's region"
        default: "\(code): look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        }
    }
}
