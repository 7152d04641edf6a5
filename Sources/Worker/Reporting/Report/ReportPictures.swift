import Concepts
import Fetch
import Inference
import Jobs
import Persistence

/// Pictures for a report: fetched from where the results' images are, small, with their parts in colour.
package struct ReportPictures {
    package let fetcher: ImageFetcher
    package let limits: DecodingLimits

    package init(fetcher: ImageFetcher, limits: DecodingLimits) {
        self.fetcher = fetcher
        self.limits = limits
    }

    /// Pixels of the longer side: sharp on a phone, small in a file.
    private static let side = 320
    private static let quality = 80

    /// - Returns: a JPEG, or why the picture can't be shown with its parts.
    func overlay(
        _ image: ExtremeImage, fitting: ImageFit
    ) -> Result<[UInt8], ReportContent.Missing> {
        guard fitting == .squash else {
            return .failure(
                .init(reason: "the analysis crops its pictures, so the parts have no place on the whole one"))
        }
        do {
            let bytes = try fetcher.fetch(image.uri, sha256: image.sha256).bytes
            let picture = try ImageDecoder.decode(bytes, named: redactedURI(image.uri), limits: limits)
            return .success(
                try PartOverlay.draw(
                    parts: image.parts, grid: image.grid, within: nil, over: picture.fitted(within: Self.side)
                )
                .jpegData(quality: Self.quality))
        } catch {
            return .failure(.init(reason: "\(error)"))
        }
    }
}
