import Concepts
import Foundation
import Logging
import Persistence
import Settings

/// Answers requests for pages, their twins and their pictures. Nothing can be changed through it.
struct Explorer: Sendable {
    let pool: ReaderPool
    let pictures: PictureStore
    let maps: MapSupply
    let templates: PageTemplates
    let access: AccessRule
    /// nil: any name of the explorer will do.
    let hosts: HostRule?
    let log: Logger
    /// Of sums that change with every batch nobody needs a younger one, and many look at the same ones.
    private let recent = RecentValues<PageRequest, Page>(age: .seconds(10), limit: 16)
    private let making = SharedWork<PageRequest, Page>()
    /// What pictures are kept as, by what was asked for: those need no session with the database.
    private let addresses = RecentValues<PictureAddress, String>(age: .seconds(60), limit: 4096)

    init(
        pool: ReaderPool, pictures: PictureStore, maps: MapSupply, templates: PageTemplates, access: AccessRule,
        hosts: HostRule?, log: Logger
    ) {
        (self.pool, self.pictures, self.maps, self.templates) = (pool, pictures, maps, templates)
        (self.access, self.hosts, self.log) = (access, hosts, log)
    }

    /// Never throws: what went wrong is an answer too. Says how long it took, as browsers' tools show it.
    func answer(_ request: ExplorerRequest) async -> ExplorerAnswer {
        let start = ContinuousClock.now
        var answer = await made(request)
        let milliseconds = Double(start.duration(to: .now).microseconds) / 1000
        answer.headers["server-timing"] = "total;dur=\(String(format: "%.1f", milliseconds))"
        return answer
    }

    private func made(_ request: ExplorerRequest) async -> ExplorerAnswer {
        guard request.method == "GET" || request.method == "HEAD" else {
            var answer = problem(
                ExplorerProblem(.notAllowed, "The explorer is only read: use GET."), request, form: .json)
            answer.headers["allow"] = "GET, HEAD"
            return answer
        }
        let found = request.found
        let form = found?.form ?? .html
        if found?.route == .health { return ExplorerAnswer("{\"alive\":true}\n", type: PageForm.json.contentType) }
        if let refusal = hosts?.refusal(of: request) { return problem(refusal, request, form: form) }
        if let refusal = access.refusal(of: request) {
            var answer = problem(refusal, request, form: form)
            if case .token = access { answer.headers["www-authenticate"] = "Bearer realm=\"entente explore\"" }
            return answer
        }
        if case .token(let token) = access, request.query["token"] != nil {
            // Out of the address, which is kept in histories.
            let rest = request.query.with(["token": nil])
            let path = found.map { $0.route.path + $0.form.rawValue } ?? "/"
            var answer = ExplorerAnswer.redirect(to: path + (rest.isEmpty ? "" : "?" + rest))
            answer.headers["set-cookie"] =
                "\(AccessToken.cookieName)=\(token.cookie); Path=/; HttpOnly; SameSite=Lax"
            return answer
        }
        guard let route = found?.route else {
            return problem(ExplorerProblem(.notFound, "There is no such page."), request, form: .html)
        }
        do {
            return try await answer(route, form, request)
        } catch {
            // Broken off for whoever left, which the server tells as it tells of a time-out.
            let left = ExplorerProblem(.unavailable, "The request was called off.")
            return problem(Task.isCancelled ? left : Self.explained(error, log), request, form: form)
        }
    }

    private func answer(
        _ route: ExplorerRoute, _ form: PageForm, _ request: ExplorerRequest
    ) async throws -> ExplorerAnswer {
        switch route {
        case .file(let name):
            guard let type = ExplorerRoute.files[name], let bytes = templates.file(name) else {
                throw ExplorerProblem(.notFound, "There is no such file.")
            }
            return ExplorerAnswer(bytes, type: type, keptFor: request.query["v"] == nil ? 0 : 31_536_000)
        case .openAPI:
            return ExplorerAnswer(templates.file("openapi.yaml") ?? [], type: "application/yaml; charset=utf-8")
        case .bytes(let bytes, let name): return try await answer(bytes, of: name, request.query)
        default: return try await page(PageRequest(route: route, query: request.query), form, request)
        }
    }

    private func page(
        _ request: PageRequest, _ form: PageForm, _ asked: ExplorerRequest
    ) async throws -> ExplorerAnswer {
        let page = try await page(request)
        var answer = try answer(page, request, form, asked)
        if let shortcoming = page.shortcoming { answer.take(shortcoming.kind) }
        return answer
    }

    private func answer(
        _ page: Page, _ request: PageRequest, _ form: PageForm, _ asked: ExplorerRequest
    ) throws -> ExplorerAnswer {
        switch form {
        case .json: return ExplorerAnswer((Node.record(page.content).json ?? "{}") + "\n", type: form.contentType)
        case .csv:
            guard let table = page.table else { throw ExplorerProblem(.notFound, "The page has no table.") }
            return ExplorerAnswer(page.content[table].csv, type: form.contentType)
        case .html:
            let frame = PageFrameValues(page: page, request: request, host: asked.host, templates: templates)
            guard let html = templates.render(page.kind, frame.values) else {
                throw ExplorerProblem(.broken, "The template \(page.kind) is missing.")
            }
            return ExplorerAnswer(html, type: form.contentType)
        }
    }

    private func page(_ request: PageRequest) async throws -> Page {
        let page = try await read(request)
        guard case .picture(let name) = request.route else { return page }
        return try await maps.added(to: page, name, request, pool)
    }

    private func read(_ request: PageRequest) async throws -> Page {
        if let page = recent.find(request, now: .now) { return page }
        return try await making.value(of: request) { [pool, recent] in
            // Whoever made it may have ended just now.
            if let page = recent.find(request, now: .now) { return page }
            let page = try await pool.ask { reader in
                var page = try Self.page(request, reader)
                page.asked = reader.asked
                return page
            }
            if request.route.isOfSums { recent.keep(page, for: request, now: .now) }
            return page
        }
    }

    /// Who waits for a page that is being made.
    func waiting(for request: PageRequest) -> Int { making.waiting(for: request) }

    private static func page(_ request: PageRequest, _ reader: Reader) throws -> Page {
        switch request.route {
        case .index: try IndexPage(request: request).read(reader)
        case .analysis(let id): try AnalysisPage(id: id, request: request).read(reader)
        case .imageClass(let id, let name): try ClassPage(id: id, classID: name, request: request).read(reader)
        case .picture(let name): try PicturePage(name: name, request: request).read(reader)
        case .concept(let id, let text): try ConceptPage(id: id, descriptor: text, request: request).read(reader)
        case .compare: try ComparePage(request: request).read(reader)
        case .search: try SearchPage(request: request).read(reader)
        case .failures: try FailuresPage(request: request).read(reader)
        case .bytes, .file, .openAPI, .health: throw ExplorerProblem(.notFound, "There is no such page.")
        }
    }

    // MARK: Bytes of an image

    private func answer(
        _ bytes: PictureBytes, of name: PictureName, _ query: PageQuery
    ) async throws -> ExplorerAnswer {
        let method = query["method"]
        switch bytes {
        case .masks:
            let masks = try await pool.ask { try PartMasks(name, method, $0) }
            return ExplorerAnswer(masks.bytes, type: "application/octet-stream", keptFor: 300)
        case .toggle:
            let table = try await pool.ask { try RemovalFigures.table(name, method ?? "", $0) }
            return ExplorerAnswer(table.bytes, type: "application/octet-stream", keptFor: 300)
        case .picture:
            let isOverlay = query["parts"] != nil && method != nil
            return try await drawn(name, query, isOverlay ? .overlay : .whole)
        case .prompted:
            guard let part = query["part"].flatMap(Int.init) else {
                throw ExplorerProblem(.badRequest, "part has to be the number of a part.")
            }
            let side = PictureOrder.side(query["size"])
            return try await drawn(name, query, .prompted(part: part, isOne: side == PictureOrder.sides[0]))
        case .map:
            let layer = try await maps.layer(name, query, pool)
            return try await drawn(name, query, .heat(layer))
        }
    }

    private func drawn(
        _ name: PictureName, _ query: PageQuery, _ drawing: PictureOrder.Drawing
    ) async throws -> ExplorerAnswer {
        let method = drawing.hasParts ? query["method"] : nil
        let address = PictureAddress(
            name: name, side: PictureOrder.side(query["size"]), drawing: drawing.name, method: method)
        if let key = addresses.find(address, now: .now), let kept = pictures.kept(key) {
            return ExplorerAnswer(kept, type: "image/jpeg", keptFor: 300)
        }
        let order = try await pool.ask { reader in
            let source = try PictureSourceRow(name, reader)
            return PictureOrder(
                uri: source.uri, sha256: source.sha256, fit: source.fit, side: address.side, drawing: drawing,
                masks: drawing.hasParts ? try PartMasks(name, method, reader) : nil, method: method ?? "")
        }
        let made = try await pictures.picture(order)
        addresses.keep(order.key, for: address, now: .now)
        return ExplorerAnswer(made, type: "image/jpeg", keptFor: 300)
    }

    // MARK: Problems

    private func problem(_ problem: ExplorerProblem, _ request: ExplorerRequest, form: PageForm) -> ExplorerAnswer {
        var answer: ExplorerAnswer
        if form == .json {
            let twin = Node.record(["problem": .text(problem.sentence)])
            answer = ExplorerAnswer((twin.json ?? "{}") + "\n", type: PageForm.json.contentType)
        } else if case .bytes = request.found?.route {
            // For the script, which says it beside the picture.
            answer = ExplorerAnswer(problem.sentence + "\n", type: "text/plain; charset=utf-8")
        } else {
            let page = Page(
                kind: "problem", title: "No page", content: ["problem": .text(problem.sentence)])
            let frame = PageFrameValues(
                page: page, request: PageRequest(route: .index, query: PageQuery("")), host: nil, templates: templates)
            answer = ExplorerAnswer(
                templates.render("problem", frame.values) ?? problem.sentence, type: PageForm.html.contentType)
        }
        answer.take(problem.kind)
        return answer
    }

    private static func explained(_ error: any Error, _ log: Logger) -> ExplorerProblem {
        switch error {
        case let problem as ExplorerProblem: return problem
        case is CancellationError: return ExplorerProblem(.unavailable, "The request was called off.")
        case let error as PersistenceError where error.code == .value:
            return ExplorerProblem(.badRequest, "An address of the tables can't hold the character U+0000.")
        case let error as PersistenceError where error.isOfValues:
            return ExplorerProblem(
                .badRequest, "The address has a number or time that is none; take it from a page's own link.")
        case let error as PersistenceError where error.isTimeout:
            log.warning("a page took too long", metadata: ["error": "\(error)"])
            return ExplorerProblem(.unavailable, "The tables took too long to answer; ask again, or for less.")
        case let error as PersistenceError where error.isRetriable:
            log.warning("the database can't be asked", metadata: ["error": "\(error)"])
            return ExplorerProblem(.unavailable, "The database can't be asked just now; ask again in a moment.")
        default:
            log.error("a page can't be made", metadata: ["error": "\(error)"])
            return ExplorerProblem(.broken, "The page can't be made; the explorer's log says why.")
        }
    }
}
