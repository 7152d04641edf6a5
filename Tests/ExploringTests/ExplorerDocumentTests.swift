import Foundation
import Testing
import Yams

@testable import Exploring

/// share/explore/openapi.yaml against the addresses that there are.
struct ExplorerDocumentTests {
    private static func document() throws -> [String: Any] {
        // …/Tests/ExploringTests/ExplorerDocumentTests.swift
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let text = try String(contentsOfFile: root + "/share/explore/openapi.yaml", encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    /// One of every kind, with the names that the document has for what is in it.
    private static let routes: [ExplorerRoute] =
        [
            .index, .analysis("{analysis}"), .imageClass(analysis: "{analysis}", "{class}"),
            .concept(analysis: "{analysis}", "{concept}"), .picture(image), .compare, .search, .failures,
            .file("{file}"),
            .openAPI, .health,
        ] + PictureBytes.allCases.map { .bytes($0, image) }
    private static let image = PictureName(analysis: "{analysis}", image: "{image}")

    /// Pages have twins, all else is bytes. Does not compile when a kind comes that is not above.
    private static func isPage(_ route: ExplorerRoute) -> Bool {
        switch route {
        case .index, .analysis, .imageClass, .concept, .picture, .compare, .search, .failures: true
        case .bytes, .file, .openAPI, .health: false
        }
    }

    @Test func everyAddressIsDescribedAndNoOther() throws {
        let paths = try #require(try Self.document()["paths"] as? [String: Any])
        let wanted: [String] = Self.routes.flatMap { (route: ExplorerRoute) -> [String] in
            let path = route.path.replacing("%7B", with: "{").replacing("%7D", with: "}")
            return Self.isPage(route) ? PageForm.allCases.map { path + $0.rawValue } : [path]
        }
        #expect(Set(paths.keys) == Set(wanted))
        for path in paths.keys {
            let filled = path.replacing("{file}", with: "explore.css").replacing(#/\{[a-z]+\}/#, with: "name")
            #expect(ExplorerRoute.parse(filled) != nil, "\(path)")
        }
    }

    @Test func onlyReadingIsDescribed() throws {
        let paths = try #require(try Self.document()["paths"] as? [String: [String: Any]])
        #expect(paths.values.allSatisfy { Array($0.keys) == ["get"] })
    }

    @Test func partsOfPathsAreParameters() throws {
        let paths = try #require(try Self.document()["paths"] as? [String: [String: [String: Any]]])
        for (path, methods) in paths {
            let named = path.matches(of: #/\{([a-z]+)\}/#).map { String($0.1) }
            let parameters = methods["get"]?["parameters"] as? [[String: Any]] ?? []
            let given = parameters.filter { $0["in"] as? String == "path" }.compactMap { $0["name"] as? String }
            #expect(Set(named) == Set(given), "\(path)")
        }
    }
}
