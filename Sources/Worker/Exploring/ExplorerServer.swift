import Fetch
import Foundation
import Hummingbird
import HummingbirdCore
import Inference
import Logging
import NIOCore
import Persistence
import Settings

/// The explorer as an HTTP server.
package struct ExplorerServer: Sendable {
    package struct Options: Sendable {
        package let host: String
        /// 0: any that is free.
        package let port: Int
        /// Whoever sends it may look; nil: there is none.
        package var token: String?
        /// Header in which a proxy says who asks; nil: there is none.
        package var trustedHeader: String?
        /// Names that it is called by, comma-separated; nil: none are listed.
        package var hosts: String?
        /// The folder that holds `explore/`.
        package let share: String
        package var maps = MapProvision.none("This explorer makes no maps of texts.")

        package init(host: String, port: Int, share: String) {
            (self.host, self.port, self.share) = (host, port, share)
        }
    }

    private let options: Options
    private let explorer: Explorer
    private let log: Logger

    /// Sessions with the database; a page takes one for some milliseconds.
    private static let sessions = 4
    private static let connections = 256

    /// - Parameters:
    ///   - database: of a log-in that is a member of `entente_reader`.
    ///   - fetcher: by the workers' own rules.
    /// - Throws: ``SettingsError`` for an address that others reach without a token or a proxy, and for missing files;
    ///   ``PersistenceError`` when the database can't be read, or lacks what the pages need.
    package init(
        _ options: Options, database: ConnectionTarget, fetcher: ImageFetcher, limits: DecodingLimits, log: Logger
    ) throws {
        self.options = options
        self.log = log
        let access = try Self.access(options)
        let hosts = try HostRule(options.hosts, for: access, at: options.host)
        let templates = try PageTemplates(folder: options.share + "/explore")
        try Self.check(database)
        explorer = Explorer(
            pool: ReaderPool(database, sessions: Self.sessions),
            pictures: PictureStore(fetcher: fetcher, limits: limits),
            maps: MapSupply(options.maps, fetcher: fetcher, log: log), templates: templates, access: access,
            hosts: hosts, log: log)
    }

    /// - Throws: ``SettingsError`` for what would let anybody look.
    static func access(_ options: Options) throws(SettingsError) -> AccessRule {
        if let token = options.token {
            guard token.utf8.count >= AccessToken.leastLength else {
                throw SettingsError(
                    "\(Setting.exploreToken.variable) has \(token.utf8.count) bytes; a token has to have at least "
                        + "\(AccessToken.leastLength), such as `openssl rand -hex 16` makes.")
            }
            guard options.trustedHeader == nil else {
                throw SettingsError(
                    "\(Setting.exploreToken.variable) and \(Setting.exploreTrustHeader.variable) are both set; leave one out."
                )
            }
            return .token(AccessToken(token))
        }
        if let header = options.trustedHeader {
            guard header.wholeMatch(of: #/[A-Za-z0-9-]{1,64}/#) != nil else {
                throw SettingsError(
                    "\(Setting.exploreTrustHeader.variable) is \(quoted(header)); it has to be a header's name, such as X-Forwarded-User."
                )
            }
            return .header(header)
        }
        guard AccessRule.isLoopback(options.host) else {
            throw SettingsError(
                "\(Setting.httpAddress.variable) is \(quoted(options.host)), where others reach it: set "
                    + "\(Setting.exploreToken.variable), or \(Setting.exploreTrustHeader.variable) behind a proxy that logs people "
                    + "in, or listen on 127.0.0.1.")
        }
        return .thisMachine
    }

    /// Whether the database has what the pages ask for.
    private static func check(_ target: ConnectionTarget) throws {
        var settings = SessionSettings(applicationName: "entente explore")
        settings.onlyReads = true
        settings.role = "entente_reader"
        let connection = try Connection(target, settings: settings)
        let isThere = try connection.query(
            "SELECT pg_catalog.to_regclass('entente.unlabelled_points') IS NOT NULL"
        ).bool(0, 0)
        guard isThere else {
            throw PersistenceError(
                .schema, "the schema of \(target.place) has no views for the explorer; run `entente migrate`")
        }
    }

    /// Listens until this task is cancelled.
    ///
    /// - Parameter onListening: hears the address.
    /// - Throws: ``SettingsError`` if nothing can listen there.
    package func run(onListening: @escaping @Sendable (String) -> Void) async throws {
        defer {
            explorer.maps.close()
            explorer.pictures.close()
            explorer.pool.close()
        }
        var quiet = log
        // As with the operations endpoint: its own notices say less than ours.
        quiet.logLevel = max(log.logLevel, .critical)
        let shown = options.host.contains(":") ? "[\(options.host)]" : options.host
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { [explorer] request, _ in
                try await Self.respond(to: request, explorer)
            },
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connections)),
            onServerRunning: { [options] channel in
                onListening("http://\(shown):\(channel.localAddress?.port ?? options.port)/")
            }, logger: quiet)
        do { try await application.run() } catch {
            // The end that was asked for.
            if Task.isCancelled { return }
            throw SettingsError(
                "\(Setting.httpAddress.variable) is \(shown):\(options.port), and nothing can listen there: \(error).")
        }
    }

    private static func respond(to request: Request, _ explorer: Explorer) async throws -> Response {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.rawName.lowercased()] = field.value }
        if let authority = request.head.authority { headers["host"] = authority }
        let asked = ExplorerRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers)
        // A page that nobody waits for any more need not be made to its end.
        let isPage =
            switch asked.found?.route {
            case .bytes(.map, _): true
            case .bytes: false
            default: true
            }
        let answer =
            isPage && request.method == .get
            ? try await request.body.consumeWithCancellationOnInboundClose { _ in await explorer.answer(asked) }
            : await explorer.answer(asked)
        var fields = HTTPFields()
        // Names of our own, each of which is one.
        for (name, value) in answer.headers { fields[.init(name)!] = value }
        // Whoever listens for the client's leaving has the connection closed behind the answer, which is to be said.
        if isPage, request.method == .get { fields[.connection] = "close" }
        let body = request.method == .head ? [] : answer.body
        return Response(
            status: .init(code: answer.status), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
