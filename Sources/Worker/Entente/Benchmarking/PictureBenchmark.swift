import Fetch
import Foundation
import Inference

/// Times what becomes of a picture before the encoder: fetched from a file, decoded, fitted to the encoder's side. The files are JPEGs of 500×375 pixels, the commonest size of ImageNet's, with noise that keeps them large.
struct PictureBenchmark {
    private static let width = 500, height = 375
    private let folder: String
    private let paths: [String]

    /// - Parameter folder: where the files are written; the caller removes it.
    init(images: Int, folder: String) throws {
        self.folder = folder
        var random = MadeNumbers(state: 2)
        paths = try (0..<images).map { number in
            let picture = MadePicture(number, &random).pixels(width: Self.width, height: Self.height, &random)
            let path = folder + "/\(number).jpg"
            try Data(picture.jpegData()).write(to: URL(fileURLWithPath: path))
            return path
        }
    }

    /// What jobs call the pictures.
    var uris: [String] { paths.map(ImageFetcher.fileURI) }

    /// Returns what the encoder takes of each picture.
    func run(_ clock: inout StageClock, _ preprocessor: Preprocessor) throws -> [VisionInput] {
        let fetcher = ImageFetcher(files: LocalFile(roots: FileRoots([folder]), limit: DecodingLimits().maxBytes))
        return try uris.map { uri in
            let bytes = try clock.time("fetch") { try fetcher.fetch(uri).bytes }
            let picture = try clock.time("decode") { try ImageDecoder.decode(bytes, named: uri) }
            return clock.time("resize") { preprocessor.input(preprocessor.fit(picture, as: .squash)) }
        }
    }
}
