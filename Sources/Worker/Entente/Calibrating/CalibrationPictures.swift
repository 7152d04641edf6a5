import Analyzing
import Concepts
import Fetch
import Foundation
import Inference
import Jobs
import Settings

/// The pictures that int8 is fitted to a model by (docs/precision.md §5).
struct CalibrationPictures {
    private let chosen: [ListedImage]

    /// A few hundred thousand rows of patches; more of them move no maximum that matters.
    static let most = 128

    /// - Parameter folder: as in ``ImageFolder/list(_:option:)``; of more than ``most`` pictures those at even distances are taken.
    /// - Throws: ``CommandFailure`` for a folder without pictures.
    init(_ folder: String) throws(CommandFailure) {
        let listing = try ImageFolder.list(folder, option: CalibrationOptions.name)
        let count = min(listing.count, Self.most)
        chosen = (0..<count).map { listing[$0 * listing.count / count] }
    }

    /// What comes of them, with a line about it on standard error.
    ///
    /// - Parameter common: a picture that is analysed, too, if there is one: by what a lane was fitted to it can't be told.
    /// - Throws: ``CommandFailure`` for such a picture, and naming one that can't be decoded or encoded; `InferenceError` for the model.
    func smoothing(
        of file: AnalysisFile, settings: Settings, common: (CalibrationTraits) throws -> String?
    ) throws -> Smoothing {
        let traits = CalibrationTraits(uris: Set(chosen.flatMap { [$0.uri, FileURI.resolved($0.uri)] }))
        try refuse(common(traits))
        BLAS.prepareForLanes()
        let calibrator = try ModelCalibrator(directory: file.modelDirectory)
        let (pictures, hashes) = try load(
            LocalPictures(settings: settings, preprocessor: calibrator.preprocessor), fit: file.method.image)
        try refuse(common(CalibrationTraits(hashes: hashes)))
        var bar = ProgressBar(total: pictures.count, of: "pictures calibrated by")
        for start in stride(from: 0, to: pictures.count, by: ModelCalibrator.batchSize) {
            let end = min(start + ModelCalibrator.batchSize, pictures.count)
            do throws(InferenceError) { try calibrator.see(Array(pictures[start..<end])) } catch {
                throw unusable(error.description)
            }
            bar.show(end)
        }
        let smoothing = try calibrator.smoothing()
        bar.finish()
        StandardError.write(
            "entente: calibrated (pictures: \(pictures.count); layers smoothed: \(smoothing.exponents.count) of \(calibrator.layers))\n"
        )
        return smoothing
    }

    /// - Returns: as the encoder sees them, with their paths; and the SHA-256 of their files.
    private func load(
        _ files: LocalPictures, fit: ImageFit
    ) throws(CommandFailure) -> (pictures: [(name: String, picture: Picture)], hashes: Set<String>) {
        var (pictures, hashes): ([(name: String, picture: Picture)], Set<String>) = ([], [])
        for image in chosen {
            do throws(ImageFailure) {
                let (picture, hash) = try files.load(image.path)
                pictures.append(("\(image.path)", files.preprocessor.fit(picture, as: fit)))
                hashes.insert(hash.hexadecimal)
            } catch { throw unusable(error.description) }
        }
        return (pictures, hashes)
    }

    private func refuse(_ shared: String?) throws(CommandFailure) {
        guard let shared else { return }
        throw CommandFailure(
            .badInput,
            "\(CalibrationOptions.name): \(shared) is among the images themselves; calibrate on others, such as the model's training "
                + "pictures.")
    }

    /// - Parameter sentence: names the picture.
    private func unusable(_ sentence: String) -> CommandFailure {
        let reason = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        return CommandFailure(.badInput, "\(CalibrationOptions.name): \(reason); or take it out of the folder.")
    }
}

/// What the pictures of a calibration are told by.
struct CalibrationTraits {
    /// As the folder has them, and with every link resolved.
    var uris: Set<String> = []
    /// SHA-256 of the files, in lower-case hex.
    var hashes: Set<String> = []

    /// Whether an image is one of them.
    func hold(uri: String, sha256: String? = nil) -> Bool {
        sha256.map { hashes.contains($0.lowercased()) } ?? false
            || (!uris.isEmpty && uris.contains(FileURI.resolved(uri)))
    }

    /// The same of a path, which need not be absolute.
    func hold(path: String) -> Bool {
        !uris.isEmpty && FileRoots.resolved(PathBytes(path)).map { uris.contains(FileURI.uri(of: $0)) } ?? false
    }
}
