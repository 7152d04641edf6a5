import Concepts
import Inference
import Jobs

/// Runs one analysis on prepared pictures: encode, decompose, prompt, encode again, interpret.
///
/// Belongs to one lane, whose thread alone uses it; the scratch memory of encoder and CRF is allocated once. The encoder
/// sees at most a batch at a time, and no result depends on what shares it. With `decomposition: group` the patch features
/// of all pictures are in memory until they are decomposed: pictures × patches × width × 4 bytes, and while the parts
/// are sought 8 bytes more for every value of a foreground patch.
package final class ImageAnalyzer {
    package let analysis: LoadedAnalysis
    let session: any VisionSession
    /// Encodes what is made from a picture, in the analysis's precision; of fp32 it is `session`.
    let promptSession: any VisionSession
    /// Of the dense method that parts are read by, if features are by another.
    private let denseSession: (any VisionSession)?
    /// If the analysis asks for it.
    private let crf: DenseCRF?
    private let batchSize: Int
    /// Time spent in the encoder since the analyzer was made.
    package private(set) var encodeTime = Duration.zero
    /// Pictures, prompted ones among them, that the encoder was given since.
    package private(set) var encodedPictures = 0
    /// Of the pictures that were last decomposed jointly, ``GroupDigest``; nil if each was on its own.
    package private(set) var groupDigest: String?
    private let onEncode: (Int) throws(Interrupted) -> Void

    /// - Parameter onEncode: hears before each call of the encoder how many pictures it has, and may end the analysis there.
    package init(
        _ analysis: LoadedAnalysis, batchSize: Int, onEncode: @escaping (Int) throws(Interrupted) -> Void = { _ in }
    ) {
        self.analysis = analysis
        self.batchSize = batchSize
        self.onEncode = onEncode
        let method = analysis.analysis.method
        crf = method.findsParts ? method.foreground.crf.map { DenseCRF($0) } : nil
        (session, denseSession, promptSession) = analysis.sessions(batchSize: batchSize)
    }

    /// What a person may want to see of one picture.
    package struct Drawings {
        package let display: Picture
        package let foreground: ForegroundPixels?
        package let parts: [(grouping: PartGrouping, prompts: [PromptedPart])]
    }

    /// Findings for each picture, in order, or why there are none; with `decomposition: group` all of them are one group.
    ///
    /// A picture on which the encoder overflows fails alone. It is no member of the group then, which goes on without it;
    /// only where it is a prompted picture that overflows, the group was decomposed before.
    ///
    /// - Parameters:
    ///   - isGroupIncomplete: whether members of the group are missing because they failed.
    ///   - onDrawings: sees each picture's drawings, with the picture's index, if it comes to them.
    /// - Throws: what `onEncode` threw.
    package func analyze(
        _ images: [PreparedImage], isGroupIncomplete: Bool = false, onDrawings: (Int, Drawings) -> Void = { _, _ in }
    ) throws(Interrupted) -> [Result<ImageFindings, ImageFailure>] {
        let slices = stride(from: 0, to: images.count, by: batchSize).map {
            $0..<min($0 + batchSize, images.count)
        }
        if !method.findsParts { return try predictions(of: images, slices) }
        switch method.decomposition {
        case .image:
            groupDigest = nil
            var found: [Result<ImageFindings, ImageFailure>] = []
            for slice in slices {
                for (index, encoded) in zip(slice, try encode(images[slice])) {
                    found.append(
                        try result(of: encoded) { encoded in
                            let features = patchFeatures(encoded.features, of: images[index])
                            let parts = Decomposition.run([features], method: method)[0]
                            return try findings(images[index], encoded, parts, flags: []) { onDrawings(index, $0) }
                        })
                }
            }
            return found
        case .group:
            let (encoded, parts) = try decomposeJointly(images, slices)
            let isIncomplete = isGroupIncomplete || parts.count < images.count
            var found: [Result<ImageFindings, ImageFailure>] = []
            for index in images.indices {
                found.append(
                    try result(of: encoded[index]) { encoded in
                        // Whatever was encoded was decomposed.
                        guard let parts = parts[index] else { preconditionFailure("no parts of picture \(index)") }
                        return try findings(
                            images[index], encoded, parts, flags: isIncomplete ? [.groupIncomplete] : []
                        ) { onDrawings(index, $0) }
                    })
            }
            return found
        }
    }

    /// Where nothing else is asked for: one pass a picture.
    private func predictions(
        of images: [PreparedImage], _ slices: [Range<Int>]
    ) throws(Interrupted) -> [Result<ImageFindings, ImageFailure>] {
        groupDigest = nil
        var found: [Result<ImageFindings, ImageFailure>] = []
        for slice in slices {
            let encoded = try encode(images[slice].map(\.picture), including: [], in: session)
            for (place, index) in slice.enumerated() {
                let image = images[index]
                if let overflow = encoded.overflow(of: place, named: image.id.text) {
                    found.append(.failure(ImageFailure(encoding: overflow)))
                } else {
                    found.append(
                        .success(
                            analysis.interpreter.findings(
                                imageEmbedding: encoded.embeddings.row(place), label: image.label, parts: [])))
                }
            }
        }
        return found
    }

    /// What becomes of one picture; its failure is its own, an interruption everybody's.
    private func result(
        of encoded: Result<Encoded, ImageFailure>, _ findings: (Encoded) throws -> ImageFindings
    ) throws(Interrupted) -> Result<ImageFindings, ImageFailure> {
        do {
            return .success(try findings(try encoded.get()))
        } catch let failure as ImageFailure {
            return .failure(failure)
        } catch {
            // Nothing else is thrown in there.
            throw Interrupted()
        }
    }

    var method: MethodParameters { analysis.analysis.method }

    /// What the encoder gave of one picture, for either phase.
    private struct Encoded {
        /// `[e]`.
        let embedding: [Float]
        /// What foreground and parts are found in.
        let features: Matrix
        /// `[n, e]`: what parts are read from in a single pass.
        let dense: Matrix?
    }

    /// What a head is trained on and told by: of each picture its embedding, `[e]`, and its patches' features, `[n, d]`.
    ///
    /// - Throws: what `onEncode` threw.
    package func features(
        of images: [PreparedImage]
    ) throws(Interrupted) -> [Result<(embedding: [Float], patches: Matrix), ImageFailure>] {
        var found: [Result<(embedding: [Float], patches: Matrix), ImageFailure>] = []
        for start in stride(from: 0, to: images.count, by: batchSize) {
            found += try encode(images[start..<min(start + batchSize, images.count)]).map { result in
                result.map { ($0.embedding, $0.features) }
            }
        }
        return found
    }

    // MARK: - Phase 1

    private func decomposeJointly(
        _ images: [PreparedImage], _ slices: [Range<Int>]
    ) throws(Interrupted) -> (encoded: [Result<Encoded, ImageFailure>], parts: [Int: ImageParts]) {
        var encoded: [Result<Encoded, ImageFailure>] = []
        for slice in slices { encoded += try encode(images[slice]) }
        var members: [Int: PatchFeatures] = [:]
        for (index, image) in images.enumerated() {
            if case .success(let encoded) = encoded[index] {
                members[index] = patchFeatures(encoded.features, of: image)
            }
        }
        // Jobs name their images in any order; a group has one.
        let order = members.keys.sorted { images[$0].id < images[$1].id }
        groupDigest = GroupDigest.value(order.map { (images[$0].id, images[$0].contentHash) })
        let joint = Decomposition.run(order.compactMap { members[$0] }, method: method)
        return (encoded, Dictionary(uniqueKeysWithValues: zip(order, joint)))
    }

    private func encode(
        _ images: ArraySlice<PreparedImage>
    ) throws(Interrupted) -> [Result<Encoded, ImageFailure>] {
        let pictures = images.map(\.picture)
        let encoded = try encode(pictures, including: outputs, in: session)
        let features =
            switch method.features {
            case .tokens: encoded.patchTokens
            case .keys: encoded.patchKeys
            case .ensemble:
                zip(encoded.patchTokens, encoded.patchKeys).map { PatchFeatures.ensemble(tokens: $0, keys: $1) }
            case .dense: encoded.densePatches
            }
        let prompting =
            if let denseSession { try encode(pictures, including: .dense, in: denseSession) } else { encoded }
        return zip(images, pictures.indices).map { image, place in
            if let overflow = encoded.overflow(of: place, named: image.id.text)
                ?? prompting.overflow(of: place, named: image.id.text)
            {
                return .failure(ImageFailure(encoding: overflow))
            }
            return .success(
                Encoded(
                    embedding: Array(encoded.embeddings.row(place)), features: features[place],
                    dense: method.prompting.dense == nil ? nil : prompting.densePatches[place]))
        }
    }

    /// What the first call of the encoder is asked for.
    private var outputs: PatchOutputs {
        let features: PatchOutputs =
            switch method.features {
            case .tokens: .tokens
            case .keys: .keys
            case .ensemble: [.tokens, .keys]
            case .dense: .dense
            }
        return method.prompting.dense == nil ? features : features.union(.dense)
    }

    private func patchFeatures(_ values: Matrix, of image: PreparedImage) -> PatchFeatures {
        let vision = analysis.model.vision
        return PatchFeatures(
            values: values, gridHeight: vision.gridHeight, gridWidth: vision.gridWidth, contentHash: image.contentHash)
    }

    // MARK: - Phase 2

    private func findings(
        _ image: PreparedImage, _ encoded: Encoded, _ parts: ImageParts, flags: Set<PartFindings.Flag>,
        onDrawings: (Drawings) -> Void
    ) throws -> ImageFindings {
        let display = analysis.preprocessor.displayPicture(image.picture)
        let foreground = crf.map { ForegroundPixels(refining: parts, on: display, by: $0) }
        let read: [EncodedParts]
        if let dense = encoded.dense {
            onDrawings(
                Drawings(display: display, foreground: foreground, parts: parts.groupings.map { ($0, []) }))
            read = parts.groupings.map { grouping in
                EncodedParts(
                    grouping: grouping,
                    prompted: PartPooling.embeddings(
                        patches: dense, of: grouping, within: foreground, size: display.width))
            }
        } else {
            let prompting = Prompting(on: display, within: foreground, parameters: method.prompting)
            let prompted = parts.groupings.map { (grouping: $0, prompts: prompting.pictures(for: $0)) }
            onDrawings(Drawings(display: display, foreground: foreground, parts: prompted))
            read = try encode(prompted, of: image)
        }
        let found = analysis.interpreter.findings(
            imageEmbedding: encoded.embedding, label: image.label, parts: read,
            flags: foreground?.isErased == true ? flags.union([.crfEmpty]) : flags,
            trained: analysis.heads.isEmpty
                ? nil : TrainedSight(heads: analysis.heads, features: encoded.features, grid: parts.grid))
        return try judged(found, of: image, encoded.embedding, parts, within: foreground)
    }

    /// Encodes the prompted pictures of all parts.
    private func encode(
        _ prompted: [(grouping: PartGrouping, prompts: [PromptedPart])], of image: PreparedImage
    ) throws -> [EncodedParts] {
        // Of the same pictures the encoder sees one.
        let pictures = DistinctPictures(prompted.flatMap { $0.prompts.flatMap(\.pictures) })
        let distinct = try embeddings(of: pictures.pictures, named: "\(image.id.text), a part of it highlighted")
        var rows = pictures.places.map { distinct[$0] }.makeIterator()
        return prompted.map { grouping, prompts in
            EncodedParts(
                grouping: grouping,
                prompted: prompts.map { prompt in
                    // One row a picture, in order.
                    let own = prompt.pictures.compactMap { _ in rows.next() }
                    return PromptedPartEmbeddings(
                        prompt,
                        embeddings: Matrix(
                            rows: own.count, columns: analysis.model.embeddingWidth, elements: own.flatMap { $0 }))
                })
        }
    }

    /// Of pictures that are made from an image, one row a picture, in order; a batch of them at a time is asked for.
    ///
    /// - Parameter name: of each of them, should the encoder overflow.
    func embeddings(
        of pictures: some RandomAccessCollection<Picture>, named name: String
    ) throws -> [ArraySlice<Float>] {
        var rows: [ArraySlice<Float>] = []
        var rest = pictures[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(batchSize))
            rest = rest.dropFirst(batchSize)
            let encoded = try encode(batch, including: [], in: promptSession)
            for place in 0..<batch.count {
                if let overflow = encoded.overflow(of: place, named: name) {
                    throw ImageFailure(encoding: overflow)
                }
                rows.append(encoded.embeddings.row(place))
            }
        }
        return rows
    }

    private func encode(
        _ pictures: [Picture], including outputs: PatchOutputs, in session: any VisionSession
    ) throws(Interrupted) -> EncodedImages {
        try onEncode(pictures.count)
        encodedPictures += pictures.count
        let inputs = pictures.map(analysis.preprocessor.input)
        let start = ContinuousClock.now
        defer { encodeTime += start.duration(to: .now) }
        return session.encode(inputs, including: outputs)
    }
}
