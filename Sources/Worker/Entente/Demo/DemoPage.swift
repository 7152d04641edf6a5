import Fetch
import Foundation
import Persistence
import Reporting
import Settings

/// The report that a demo leaves behind.
struct DemoPage {
    /// Pictures lie below it.
    let share: String
    let settings: Settings
    let connection: Connection

    private static let name = "report.html"
    private static let examples = 6

    /// Writes a report of the first analysis, with the others beside it.
    func write(_ analyses: [String], to folder: OutputFolder) throws {
        let limits = try settings.decodingLimits()
        let fetcher = ImageFetcher(files: LocalFile(roots: FileRoots([share]), limit: limits.maxBytes))
        let reader = ReportReader(
            connection: connection, pictures: ReportPictures(fetcher: fetcher, limits: limits),
            examples: Self.examples)
        try folder.write(ReportPage(try reader.read(analyses, partMethod: nil)).html, as: Self.name)
    }
}
