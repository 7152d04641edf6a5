import Foundation
import HTTP
import Jobs
import Settings

/// A server with the layout of the Hugging Face hub.
///
/// The operator names it, so it may lie anywhere, and so may the servers that it sends large files from; what they send is
/// checked by what the hub itself says of it.
package struct Hub: Sendable {
    package let url: HTTPURL
    /// Sent to the hub and to no other host.
    package let token: String?
    package let client: HTTPClient

    package init(url: HTTPURL, token: String?, client: HTTPClient) {
        self.url = url
        self.token = token
        self.client = client
    }

    private static let redirects = 5
    private static let limits = HTTPLimits(connect: 15, total: nil, stalled: 60, slowest: 1024)
    /// Bytes of an answer that is no file.
    private static let textLimit = 32 << 20
    /// Bytes of a body that nobody reads, after which the connection is given up.
    private static let unreadLimit = 64 << 10

    /// An answer behind all redirects.
    struct Answer {
        var head = HTTPHead()
        /// What the hub's own answers said, the first that said it; another host has no say in what a file is.
        var facts: [String: String] = [:]

        /// What the file has to be, if the hub told.
        var digest: HubDigest? {
            (facts["x-linked-etag"] ?? facts["etag"]).flatMap {
                HubDigest(parsing: $0.hasPrefix("W/") ? String($0.dropFirst(2)) : $0)
            }
        }
        var size: Int? {
            facts["x-linked-size"].flatMap { Int($0) }.flatMap { (0...HubCommit.File.largest).contains($0) ? $0 : nil }
        }
        var commit: String? { facts["x-repo-commit"] }
        var errorCode: String? { facts["x-error-code"] }
    }

    /// Sends a GET and follows where it leads.
    ///
    /// - Parameters:
    ///   - path: below the hub's URL, encoded, with a leading slash.
    ///   - receive: gets the body of the last answer.
    func get(
        _ path: String, headers: [(name: String, value: String)] = [],
        receive: @escaping (Answer, UnsafeRawBufferPointer) -> Bool
    ) throws(HubError) -> Answer {
        var answer = Answer()
        var url: HTTPURL
        do { url = try HTTPURL(parsing: base + path) } catch {
            throw HubError(.notFound, "\(redactedURI(base + path)) is no URL.")
        }
        for _ in 0...Self.redirects {
            let isOurs = url.hasOrigin(of: self.url)
            let (facts, ownHeaders) = (answer.facts, isOurs ? authorization : [])
            let head: HTTPHead
            var unread = 0
            do {
                head = try client.get(url, headers: headers + ownHeaders, limits: Self.limits) { head, bytes in
                    // Redirects and refusals have a body too, of which nothing is wanted.
                    guard (200..<300).contains(head.status) else {
                        unread += bytes.count
                        return unread <= Self.unreadLimit
                    }
                    return receive(Answer(head: head, facts: isOurs ? Self.merged(facts, head) : facts), bytes)
                }
            } catch {
                throw HubError(.unreachable, "\(redactedURI(url.text)) can't be reached: \(error).")
            }
            answer.head = head
            if isOurs { answer.facts = Self.merged(facts, head) }
            guard head.isRedirect else { return answer }
            url = try next(after: head, from: url)
        }
        throw HubError(.unreachable, "\(redactedURI(base + path)) redirects more than \(Self.redirects) times.")
    }

    private var base: String { url.text.hasSuffix("/") ? String(url.text.dropLast()) : url.text }

    private var authorization: [(name: String, value: String)] {
        token.map { [("authorization", "Bearer \($0)")] } ?? []
    }

    private func next(after head: HTTPHead, from url: HTTPURL) throws(HubError) -> HTTPURL {
        let shown = redactedURI(url.text)
        guard let next = try? url.resolving(head["location"] ?? "") else {
            throw HubError(.unreachable, "\(shown) redirects to what is no http or https URL.")
        }
        guard next.scheme == "https" || url.scheme == "http" else {
            throw HubError(.unreachable, "\(shown) redirects from https to http, where anybody could change a file.")
        }
        return next
    }

    private static func merged(_ facts: [String: String], _ head: HTTPHead) -> [String: String] {
        let told = ["x-linked-etag", "x-linked-size", "x-repo-commit", "x-error-code", "etag"]
        return facts.merging(head.headers.filter { told.contains($0.key) }) { first, _ in first }
    }

    // MARK: - What there is

    /// The commit that a revision is now, and its files.
    func commit(_ repository: HubRepository, at revision: String) throws(HubError) -> HubCommit {
        let text = HubText(limit: Self.textLimit)
        let path = "/api/models/\(repository)/revision/\(percentEncoded(revision))"
        let answer = try get(path + "?blobs=true") { text.receive($1) }
        try check(answer, repository, revision)
        guard let commit = try? JSONDecoder().decode(HubCommit.self, from: text.data), HubCommit.isCommit(commit.sha)
        else {
            throw HubError(
                .unreachable, "\(redactedURI(base + path)) answers with no description of a repository; is it a hub?")
        }
        return commit
    }

    /// - Throws: for a status that is no success, in words.
    func check(_ answer: Answer, _ repository: HubRepository, _ revision: String, file: String? = nil) throws(HubError)
    {
        let host = url.host
        switch answer.head.status {
        case 200, 206: return
        case 404 where answer.errorCode == "RevisionNotFound" || (file == nil && isKnown(repository)):
            throw HubError(.notFound, "\(repository) has no revision \(quoted(revision)) at \(host).")
        case 404 where file != nil && answer.errorCode != "RepoNotFound":
            throw HubError(.notFound, "\(repository) has no file \(file ?? "") at \(revision).")
        case 404: throw HubError(.notFound, "There is no repository \(repository) at \(host).")
        case 401 where token == nil:
            throw HubError(
                .notFound,
                "\(host) shows \(repository) to nobody in particular: there is none of that name, or it is private. Set "
                    + "HF_TOKEN if you may see it.")
        case 401:
            throw HubError(.notFound, "\(host) does not accept HF_TOKEN, or it has no repository \(repository).")
        case 403:
            throw HubError(
                .notFound,
                "\(host) does not let \(token == nil ? "strangers" : "the owner of HF_TOKEN") have \(repository); look at its "
                    + "page there, where its terms may have to be accepted.")
        case let status:
            throw HubError(
                status == 408 || status == 429 || status >= 500 ? .unreachable : .notFound,
                "\(host) answers HTTP \(status) about \(repository).")
        }
    }

    /// Whether the hub shows the repository itself, once a revision of it was not found.
    private func isKnown(_ repository: HubRepository) -> Bool {
        (try? get("/api/models/\(repository)") { _, _ in false })?.head.status == 200
    }
}

/// Collects a text that is not too long. Belongs to one thread.
private final class HubText {
    private let limit: Int
    private(set) var data = Data()

    init(limit: Int) { self.limit = limit }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        data.append(contentsOf: bytes)
        return data.count <= limit
    }
}
