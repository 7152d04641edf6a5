import Foundation
import Testbed
import Testing

/// A worker's operations endpoint, as probes and scrapers see it.
struct OperationsPort {
    /// What a worker is started with.
    static let environment = ["ENTENTE_HTTP_ADDRESS": "127.0.0.1:0"]

    let number: UInt16

    /// Waits until the worker has said where it listens.
    init(of worker: RunningProgram) throws {
        try worker.waitForErrors(containing: "operations endpoint listens")
        let match = try #require(worker.errors.firstMatch(of: /http\.address=127\.0\.0\.1:(\d+)/), "\(worker.errors)")
        number = try #require(UInt16(match.1))
    }

    func get(_ path: String) throws -> HTTPAnswer { try HTTPAnswer(port: number, path: path) }

    struct Problem: Decodable, Hashable { let kind, detail: String }

    private struct Document: Decodable {
        let alive, ready: Bool?
        let problems: [Problem]
    }

    /// What `/readyz` names; empty when it answers 200.
    func unreadiness() throws -> [Problem] { try problems("/readyz") { $0.ready } }

    /// What `/healthz` names.
    func death() throws -> [Problem] { try problems("/healthz") { $0.alive } }

    private func problems(_ path: String, _ isFine: (Document) -> Bool?) throws -> [Problem] {
        let answer = try get(path)
        let document = try JSONDecoder().decode(Document.self, from: Data(answer.body.utf8))
        #expect(answer.status == (document.problems.isEmpty ? 200 : 503))
        #expect(answer.headers["content-type"] == "application/json; charset=utf-8")
        #expect(isFine(document) == document.problems.isEmpty)
        return document.problems
    }

    /// The samples of `/metrics`, by name and labels as written.
    func metrics() throws -> [String: Double] {
        let answer = try get("/metrics")
        try #require(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let samples = try answer.body.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let space = try #require(line.lastIndex(of: " "), "\(line)")
            return (String(line[..<space]), try #require(Double(line[line.index(after: space)...]), "\(line)"))
        }
        return Dictionary(uniqueKeysWithValues: samples)
    }
}
