/// What a page is answered as: each has the same address, but for its end.
enum PageForm: String, Sendable, CaseIterable {
    case html = ""
    case json = ".json"
    case csv = ".csv"

    var contentType: String {
        switch self {
        case .html: "text/html; charset=utf-8"
        case .json: "application/json; charset=utf-8"
        case .csv: "text/csv; charset=utf-8"
        }
    }
}
