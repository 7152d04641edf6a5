import Analyzing
import Fetch
import Foundation
import Inference
import Settings

/// The pictures that int8 is fitted to a model by (docs/precision.md §5).
struct CalibrationPictures {
    private let images: [ListedImage]

    /// A few hundred thousand rows of patches; more of them move no maximum that matters.
    static let most = 128

    /// - Parameter folder: as in ``ImageFolder/list(_:option:)``; of more than ``most`` pictures those at even distances are taken.
    /// - Throws: ``CommandFailure`` for a folder without pictures.
    init(_ folder: String) throws(CommandFailure) {
        let listing = try ImageFolder.list(folder, option: CalibrationOptions.name)
        let count = min(listing.count, Self.most)
        images = (0..<count).map { listing[$0 * listing.count / count] }
    }

    var count: Int { images.count }

    /// Refuses what is analysed, too: by what a lane was fitted to it can't be told.
    ///
    /// - Parameter common: one of these URIs that is an image's, nil if there is none.
    /// - Throws: ``CommandFailure`` naming the picture.
    func check(_ common: (Set<String>) throws -> String?) throws {
        guard let uri = try common(Set(images.map(\.uri))) else { return }
        throw CommandFailure(
            .badInput,
            "\(CalibrationOptions.name): \(images.first { $0.uri == uri }?.path ?? uri) is among the images themselves; calibrate on "
                + "others, such as the model's training pictures.")
    }

    /// What comes of them, with a line about it on standard error.
    ///
    /// - Throws: ``CommandFailure`` naming a picture that can't be decoded or encoded; `InferenceError` for the model.
    func smoothing(of file: AnalysisFile, settings: Settings) throws -> Smoothing {
        BLAS.prepareForLanes()
        let calibrator = try ModelCalibrator(directory: file.modelDirectory)
        let pictures = try LocalPictures(settings: settings, preprocessor: calibrator.preprocessor)
        for start in stride(from: 0, to: count, by: ModelCalibrator.batchSize) {
            let batch = try images[start..<min(start + ModelCalibrator.batchSize, count)].map { image in
                do { return (name: image.path, picture: try pictures.load(image.path).picture) } catch {
                    throw CommandFailure(
                        .badInput,
                        "\(CalibrationOptions.name): \(image.path): \(error); mend the picture or take it out of the folder."
                    )
                }
            }
            try calibrator.see(batch, fit: file.method.image)
        }
        let smoothing = try calibrator.smoothing()
        StandardError.write(
            "entente: calibrated on \(count) pictures: \(smoothing.exponents.count) of \(calibrator.layers) layers are smoothed\n"
        )
        return smoothing
    }
}
