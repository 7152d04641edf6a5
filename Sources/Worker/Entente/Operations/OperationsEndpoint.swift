import Delivery
import Foundation
import Hummingbird
import Settings

/// What the operations endpoint answers. Anybody who can reach it may ask; nothing can be changed through it, and its answers
/// hold no payloads and no credentials.
struct OperationsEndpoint: Sendable {
    let observation: Observation

    func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("/healthz") { _, _ in try health() }
        router.get("/readyz") { _, _ in try readiness() }
        router.get("/metrics") { _, _ in metrics() }
        return router
    }

    private struct Health: Encodable {
        let alive: Bool
        let problems: [HealthProblem]
    }

    private struct Readiness: Encodable {
        let ready: Bool
        let problems: [HealthProblem]
    }

    private func health() throws -> Response {
        let problems = observation.death.map { [$0] } ?? []
        return try json(Health(alive: problems.isEmpty, problems: problems), isFine: problems.isEmpty)
    }

    private func readiness() throws -> Response {
        let problems = observation.unreadiness
        return try json(Readiness(ready: problems.isEmpty, problems: problems), isFine: problems.isEmpty)
    }

    private func metrics() -> Response {
        Response(
            status: .ok, headers: [.contentType: PrometheusPage.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: observation.registry.page())))
    }

    private func json(_ body: some Encodable, isFine: Bool) throws -> Response {
        // Whoever asks by hand reads it in a terminal.
        let text = neutralJSON(try JSONEncoder.sorted(body)) + "\n"
        return Response(
            status: isFine ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
