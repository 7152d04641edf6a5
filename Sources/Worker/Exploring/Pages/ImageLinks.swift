/// Addresses of an image in a list: of its page and of its thumbnail, where its picture may be had.
enum ImageLinks {
    /// Pixels of a thumbnail's longer side.
    private static let side = 160

    /// Whether an image `i` of a list has a URI that nothing was left out of.
    static let isWhole = """
        (SELECT w.is_whole FROM entente.image_sources AS w
        WHERE w.analysis_id = i.analysis_id AND w.image_id = i.image_id) AS is_whole
        """

    static func added(to row: Record, of analysis: String) -> Record {
        let name = PictureName(analysis: analysis, image: row.text("image_id") ?? "")
        var row = row
        row["href"] = .text(ExplorerRoute.picture(name).path)
        let picture = ExplorerRoute.bytes(.picture, name).path + "?size=\(side)"
        row["picture_href"] = row.flag("is_whole") == true ? .text(picture) : .absent
        return row
    }
}
