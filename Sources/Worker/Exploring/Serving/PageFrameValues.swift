import Foundation
import Settings

/// What a page's template is given: what the page says, and what is around it.
struct PageFrameValues {
    let page: Page
    let request: PageRequest
    /// As whoever asked calls this server; nil: not to be shown.
    let host: String?
    let templates: PageTemplates

    var values: [String: Any] {
        var values = page.content.adding(page.drawings).templateValue
        values["kind"] = page.kind
        values["title"] = ShownText.of(page.title)
        values["crumbs"] = page.crumbs.map { ["crumb_name": ShownText.of($0.name), "crumb_href": $0.href] }
        values["build"] = BuildInformation.version
        values["css_href"] = "/static/explore.css?v=" + templates.version(of: "explore.css")
        values["js_href"] = "/static/explore.js?v=" + templates.version(of: "explore.js")
        values["search_text"] = ShownText.of(page.kind == "search" ? page.content.text("q") ?? "" : "")
        let isPage = page.kind != "problem"
        values["twin_href"] = isPage ? twin(.json) : NSNull()
        values["csv_href"] = page.table == nil ? NSNull() : twin(.csv)
        values["is_made_of_rows"] = !page.asked.isEmpty
        values["sql"] = ShownText.of(page.asked.map { "-- \($0.what)\n\($0.copied)" }.joined(separator: "\n\n"))
        values["curl"] = host.flatMap(Self.safe).map { "curl -s 'http://\($0)\(twin(.json))'" } ?? NSNull()
        return values
    }

    private func twin(_ form: PageForm) -> String {
        let query = request.query.with([:])
        return request.route.path + form.rawValue + (query.isEmpty ? "" : "?" + query)
    }

    /// Nothing but what a host's name and a port are made of, as it is shown within a command for a shell.
    private static func safe(_ host: String) -> String? {
        host.wholeMatch(of: #/[A-Za-z0-9.\-:\[\]]{1,255}/#) == nil ? nil : host
    }
}
