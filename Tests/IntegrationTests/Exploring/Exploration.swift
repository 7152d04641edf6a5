import Foundation
import Persistence
import Testbed
import Testing

/// An installation with results, and the explorer over it.
final class Exploration {
    let site: Site
    let program: RunningProgram
    let port: UInt16
    let connection: Connection
    /// Of the analysis and of its replay.
    let demo: String
    let revised: String

    static let image = "barn-dibbet/000.jpg"

    /// - Parameter own: of the explorer's environment.
    init(_ own: [String: String] = ["ENTENTE_MODEL_PATH": DrawnWorld.model]) throws {
        let site = try Site(partitions: 2)
        do {
            _ = try site.submit(DrawnWorld.ids(perClass: 3, classes: 6), imagesPerJob: 3)
            let revision = try Revision.model(in: site.scratch)
            let both = ["ENTENTE_MODEL_PATH": "\(DrawnWorld.model):\(revision)"]
            try site.work(environment: both)
            let file = try Revision.analysis(model: revision, in: site.scratch)
            let sent = try site.entente(["replay", "--from", "demo", "--to", file])
            try #require(sent.status == 0, "\(sent)")
            try site.work(environment: both)
            connection = try site.connect()
            demo = try #require(
                connection.strings("SELECT analysis_id FROM entente.analyses WHERE name = 'demo'").first)
            revised = try #require(
                connection.strings("SELECT analysis_id FROM entente.analyses WHERE name = 'revised'").first)
            program = try RunningProgram(
                Product.executable.get(), ["explore"],
                environment: Product.environment(
                    [
                        "ENTENTE_POSTGRES_URI": site.uri, "ENTENTE_HTTP_ADDRESS": "127.0.0.1:0",
                        "ENTENTE_FILE_ROOTS": site.root,
                    ].merging(own) { $1 }), folder: site.scratch.path)
            do {
                try program.waitForErrors(containing: "explore at ")
                let match = try #require(program.errors.firstMatch(of: /127\.0\.0\.1:(\d+)/), "\(program.errors)")
                port = try #require(UInt16(match.1))
            } catch {
                program.end()
                throw error
            }
            self.site = site
        } catch {
            site.end()
            throw error
        }
    }

    deinit {
        program.end()
        site.end()
    }

    func get(_ path: String) throws -> HTTPAnswer { try HTTPAnswer(port: port, path: path) }

    func twin(_ path: String) throws -> [String: Any] {
        let answer = try get(path)
        try #require(answer.status == 200, "\(path): \(answer)")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
    }

    var picture: String { "/analyses/\(demo)/images/barn-dibbet%2F000.jpg" }

    func descriptor() throws -> String {
        try #require(
            connection.strings(
                """
                SELECT descriptor FROM entente.image_concepts WHERE analysis_id = '\(demo)' AND image_id = '\(Self.image)'
                    AND part_method = 'kmeans' ORDER BY rank LIMIT 1
                """
            ).first)
    }

    /// As an address holds it.
    func encodedDescriptor() throws -> String { Self.encoded(try descriptor()) }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
