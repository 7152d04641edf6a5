import Testing

@testable import Exploring

struct ExplorerRouteTests {
    private static func routes(_ name: String) -> [ExplorerRoute] {
        [
            .analysis(name), .imageClass(analysis: "a1", name), .imageClass(analysis: name, "c"),
            .concept(analysis: "a1", name),
            .picture(PictureName(analysis: "a1", image: name)),
        ] + PictureBytes.allCases.map { .bytes($0, PictureName(analysis: "a1", image: name)) }
    }

    @Test(arguments: HostileTexts.all) func everyNameComesBackOutOfItsAddress(_ name: String) throws {
        for route in Self.routes(name) {
            let path = route.path
            #expect(path.utf8.allSatisfy { 0x21..<0x7F ~= $0 && !"\"'<>`{}|\\^".utf8.contains($0) }, "\(path)")
            #expect(!path.split(separator: "/").contains { $0 == "." || $0 == ".." }, "\(path)")
            let found = try #require(ExplorerRoute.parse(path), "\(path)")
            #expect(found.route == route && found.form == .html)
            // By bytes: == takes two spellings of a letter for one.
            if case .analysis(let id) = found.route { #expect(id.utf8.elementsEqual(name.utf8)) }
            if case .bytes = route {
                #expect(ExplorerRoute.parse(path + ".json") == nil)
                continue
            }
            for twin in [PageForm.json, .csv] {
                let asked = try #require(ExplorerRoute.parse(path + twin.rawValue))
                #expect(asked.route == route && asked.form == twin)
            }
        }
    }

    @Test(arguments: [
        "", "x", "//", "/analyses", "/analyses/", "/analyses//classes/x", "/analyses/a/classes",
        "/analyses/a/pictures/b",
        "/analyses/a/images/b/masks/c", "/analyses/a/images/b/other", "/compare/x", "/static/../openapi.yaml",
        "/static/x.js",
        "/analyses/%zz", "/analyses/%FF", "/search/", "/index.html", "/analyses/a/images/b/masks.json",
        "/" + String(repeating: "a", count: 9000),
    ]) func whatIsNoAddressIsNoPage(_ path: String) {
        #expect(ExplorerRoute.parse(path) == nil)
    }

    @Test func pagesWithoutNamesHaveTwins() throws {
        for (path, route) in [
            ("/", ExplorerRoute.index), ("/compare", .compare), ("/search", .search), ("/failures", .failures),
        ] {
            #expect(ExplorerRoute.parse(path)?.route == route)
            #expect(ExplorerRoute.parse(path + ".json")?.form == .json)
            #expect(ExplorerRoute.parse(path + ".csv")?.form == .csv)
        }
    }

    @Test(arguments: HostileTexts.all) func aQueryKeepsItsValues(_ text: String) {
        let written = PageQuery("").with(["a": text, "b": "1"])
        let read = PageQuery(written)
        #expect((read["a"] ?? "").utf8.elementsEqual(text.utf8) && read["b"] == "1", "\(written)")
        #expect(PageQuery(read.with(["a": nil])).with([:]) == "b=1")
    }

    @Test func ofSeveralValuesTheFirstCounts() {
        let query = PageQuery("a=1&a=2&b=x+y&c&=3&d=%zz")
        #expect(query["a"] == "1" && query["b"] == "x y" && query["c"] == nil && query["d"] == nil)
    }
}
