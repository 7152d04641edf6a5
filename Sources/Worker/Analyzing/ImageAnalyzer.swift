import Concepts
import Inference

/// Runs one analysis on prepared pictures: encode, decompose, prompt, encode again, interpret.
///
/// Belongs to one lane, whose thread alone uses it; the encoder's scratch memory is allocated once. Pictures go
/// through in slices of the batch size, and the result for a picture does not depend on its slice.
final class ImageAnalyzer {
    let analysis: LoadedAnalysis
    private let workspace: VisionWorkspace
    private let batchSize: Int
    /// Time spent in the encoder since the analyzer was made.
    private(set) var encodeTime = Duration.zero

    init(_ analysis: LoadedAnalysis, batchSize: Int) {
        self.analysis = analysis
        self.batchSize = batchSize
        workspace = analysis.model.vision.makeWorkspace(batchSize: batchSize)
    }

    /// Findings for each picture, in order.
    ///
    /// - Parameter onPrompts: sees each picture's prompted pictures, for those who want to look at them.
    func analyze(
        _ images: [PreparedImage], onPrompts: (Int, PartGrouping, [PromptedPart]) -> Void = { _, _, _ in }
    ) -> [ImageFindings] {
        stride(from: 0, to: images.count, by: batchSize).flatMap { start in
            let slice = images[start..<min(start + batchSize, images.count)]
            return analyze(slice: Array(slice)) { onPrompts(start + $0, $1, $2) }
        }
    }

    private func analyze(
        slice images: [PreparedImage], onPrompts: (Int, PartGrouping, [PromptedPart]) -> Void
    ) -> [ImageFindings] {
        let method = analysis.analysis.method
        let encoded = encode(images.map(\.picture), including: method.features == .keys ? .keys : .tokens)
        let features = method.features == .keys ? encoded.patchKeys : encoded.patchTokens

        // Every part of every picture of the slice, with its prompted pictures.
        var prompted: [[(grouping: PartGrouping, parts: [PromptedPart])]] = []
        for (index, image) in images.enumerated() {
            let prompting = Prompting(
                on: analysis.preprocessor.displayPicture(image.picture), parameters: method.prompting)
            prompted.append(
                decompose(features[index], of: image).groupings.map { grouping in
                    let parts = prompting.pictures(for: grouping)
                    onPrompts(index, grouping, parts)
                    return (grouping, parts)
                })
        }

        let pictures = prompted.joined().flatMap { $0.parts.flatMap(\.pictures) }
        let embeddings = encode(pictures, including: []).embeddings
        var row = 0
        return zip(images, prompted).enumerated().map { index, pair in
            let (image, groupings) = pair
            let parts = groupings.map { grouping, parts in
                EncodedParts(
                    grouping: grouping,
                    prompted: parts.map { part in
                        defer { row += part.pictures.count }
                        return PromptedPartEmbeddings(
                            part: part.part, embeddings: embeddings.rows(row..<row + part.pictures.count),
                            ellipseFallback: part.ellipseFallback)
                    })
            }
            return analysis.interpreter.findings(
                imageEmbedding: encoded.embeddings.row(index), label: image.label, parts: parts)
        }
    }

    private func decompose(_ features: Matrix, of image: PreparedImage) -> ImageParts {
        let vision = analysis.model.vision
        return Decomposition.run(
            [
                PatchFeatures(
                    values: features, gridHeight: vision.gridHeight, gridWidth: vision.gridWidth,
                    contentHash: image.contentHash)
            ],
            method: analysis.analysis.method)[0]
    }

    private func encode(_ pictures: [Picture], including outputs: PatchOutputs) -> EncodedImages {
        let pixels = pictures.map(analysis.preprocessor.pixelValues)
        let start = ContinuousClock.now
        defer { encodeTime += start.duration(to: .now) }
        return analysis.model.vision.encode(pixels, including: outputs, in: workspace)
    }
}
