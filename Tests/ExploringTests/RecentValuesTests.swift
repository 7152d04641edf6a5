import Testing

@testable import Exploring

struct RecentPagesTests {
    private static func request(_ id: String, _ query: String = "") -> PageRequest {
        PageRequest(route: .analysis(id), query: PageQuery(query))
    }

    private static func page(_ title: String) -> Page { Page(kind: "analysis", title: title, content: [:]) }

    @Test func aPageIsFoundUntilItIsOld() {
        let (pages, start) = (RecentPages(age: .seconds(10)), ContinuousClock.now)
        pages.keep(Self.page("a"), for: Self.request("1"), now: start)
        #expect(pages.find(Self.request("1"), now: start + .seconds(9))?.title == "a")
        #expect(pages.find(Self.request("1"), now: start + .seconds(10)) == nil)
        #expect(pages.find(Self.request("2"), now: start) == nil)
        #expect(pages.find(Self.request("1", "method=pca"), now: start) == nil)
    }

    @Test func fewAreKept() {
        let (pages, start) = (RecentPages(age: .seconds(10), limit: 3), ContinuousClock.now)
        for number in 0..<5 {
            pages.keep(Self.page("\(number)"), for: Self.request("\(number)"), now: start + .milliseconds(number))
        }
        let found = (0..<5).filter { pages.find(Self.request("\($0)"), now: start + .seconds(1)) != nil }
        #expect(found == [2, 3, 4])
    }

    @Test func anImagesPageIsMadeAnew() {
        let pages = RecentPages()
        let request = PageRequest(route: .picture(PictureName(analysis: "a", image: "b")), query: PageQuery(""))
        pages.keep(Self.page("a"), for: request, now: .now)
        #expect(pages.find(request, now: .now) == nil)
    }
}
