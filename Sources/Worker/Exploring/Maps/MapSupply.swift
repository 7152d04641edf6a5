import Fetch
import Logging

/// Maps of texts as requests name them, or the reason why there are none.
struct MapSupply: Sendable {
    /// Bytes of a text at most; a model reads the first hundred or so of its pieces.
    static let longestText = 1000

    private let maker: MapMaker?
    /// Why there are none.
    let refusal: String?

    init(_ provision: MapProvision, fetcher: ImageFetcher, log: Logger) {
        switch provision {
        case .none(let reason): (maker, refusal) = (nil, reason)
        case .child(let options): (maker, refusal) = (MapMaker(options, fetcher: fetcher, log: log), nil)
        }
    }

    func close() { maker?.close() }

    /// - Throws: ``ExplorerProblem`` that says why there is none; `CancellationError`.
    func map(_ name: PictureName, _ text: String, _ pool: ReaderPool) async throws -> TextMap {
        guard let maker else { throw ExplorerProblem(.notFound, refusal ?? "") }
        let source = try await pool.ask { try MapSource(name, $0) }
        return try await maker.map(of: source, analysis: name.analysis, text: text)
    }

    /// What an address asks to be drawn.
    func layer(_ name: PictureName, _ query: PageQuery, _ pool: ReaderPool) async throws -> HeatLayer {
        let scale = try MapScale(named: query["scale"])
        guard let text = try Self.text(query) else {
            throw ExplorerProblem(.badRequest, "text has to be what a map is wanted of.")
        }
        return try await map(name, text, pool).layer(scale)
    }

    /// The text of an address; nil without one.
    static func text(_ query: PageQuery) throws -> String? {
        guard let text = query["text"] else { return nil }
        guard text.utf8.count <= longestText else {
            throw ExplorerProblem(
                .badRequest, "text has \(text.utf8.count) bytes, and may have \(longestText); write a shorter one.")
        }
        return text
    }
}
