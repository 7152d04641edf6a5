import Concepts
import Fetch
import Inference
import Jobs
import Reporting
import Settings
import Synchronization
import Threads

/// Fetches pictures as workers do, makes them as large as they are shown, and keeps the latest.
final class PictureStore: Sendable {
    private let fetcher: ImageFetcher
    private let limits: DecodingLimits
    private let cache: Mutex<PictureCache>
    private let queue = BoundedQueue<@Sendable () -> Void>(limit: 128)
    private let threads: [WorkerThread]

    private static let quality = 85
    /// Pictures that are decoded at a time: each may take as much memory as the limits allow.
    private static let hands = 2
    /// Pixels of a patch of a prompted picture.
    private static let patch = 16

    /// - Parameter cacheLimit: bytes of pictures that are kept.
    init(fetcher: ImageFetcher, limits: DecodingLimits, cacheLimit: Int = 32 << 20) {
        self.fetcher = fetcher
        self.limits = limits
        cache = Mutex(PictureCache(limit: cacheLimit))
        threads = (0..<Self.hands).map { [queue] number in
            WorkerThread("pictures-\(number)") { while let task = queue.pop() { task() } }
        }
    }

    func close() {
        queue.close()
        for thread in threads { thread.join() }
    }

    /// A JPEG that was made before, by its order's key; nil if it is no longer kept.
    func kept(_ key: String) -> [UInt8]? { cache.withLock { $0.find(key) } }

    /// - Returns: a JPEG.
    /// - Throws: ``ExplorerProblem`` that says why there is none.
    func picture(_ order: PictureOrder) async throws -> [UInt8] {
        if let kept = kept(order.key) { return kept }
        return try await withCheckedThrowingContinuation { continuation in
            let task: @Sendable () -> Void = { [self] in continuation.resume(with: Result { try make(order) }) }
            guard queue.tryPush(task) else {
                continuation.resume(
                    throwing: ExplorerProblem(.unavailable, "Too many pictures are being made; ask again in a moment."))
                return
            }
        }
    }

    private func make(_ order: PictureOrder) throws -> [UInt8] {
        // Somebody else may have asked for it meanwhile.
        if let kept = kept(order.key) { return kept }
        do {
            let bytes = try ExplorerProblem.fetching { try fetcher.fetch(order.uri, sha256: order.sha256).bytes }
            let picture = try ImageDecoder.decode(bytes, named: redactedURI(order.uri), limits: limits)
            let made = try draw(order, on: picture).jpegData(quality: Self.quality)
            cache.withLock { $0.keep(made, as: order.key) }
            return made
        } catch let error as InferenceError {
            throw ExplorerProblem(.notFound, error.description)
        }
    }

    private func draw(_ order: PictureOrder, on picture: Picture) throws -> Picture {
        switch order.drawing {
        case .whole: return framed(picture, order).fitted(within: order.side)
        case .overlay:
            let shown = framed(picture, order).fitted(within: order.side)
            guard let masks = order.masks, order.fit != "official" else { return shown }
            return PartOverlay.draw(
                parts: masks.labels, grid: PatchGrid(height: masks.height, width: masks.width), within: nil, over: shown
            )
        case .heat(let layer):
            let shown = layer.frame.cut(picture, within: order.side)
            guard !layer.values.isEmpty else { return shown }
            let map = HeatMap(side: layer.side, values: layer.values)
            return HeatColors.draw(map.enlarged(width: shown.width, height: shown.height), over: shown)
        case .prompted(let part, let isOne):
            guard let masks = order.masks, masks.parts.contains(part), order.fit != "official" else {
                throw ExplorerProblem(
                    .notFound, "The image has no part \(part) by \(order.method) that could be drawn.")
            }
            let side = min(max(masks.width, masks.height) * Self.patch, 512)
            let square = framed(picture, order).resized(width: side, height: side, filter: .bilinear)
            let drawn = Prompting(on: square, within: nil, parameters: .init()).pictures(for: masks.grouping(.kmeans))
            guard let found = drawn.first(where: { $0.part == part }), let first = found.pictures.first else {
                throw ExplorerProblem(
                    .notFound, "The image has no part \(part) by \(order.method) that could be drawn.")
            }
            return isOne ? first.fitted(within: order.side) : Self.beside(found.pictures)
        }
    }

    /// What of a picture the model saw: its middle, where the analysis crops.
    private func framed(_ picture: Picture, _ order: PictureOrder) -> Picture {
        order.fit == "crop" ? PictureFrame.middle.cut(picture) : picture
    }

    /// Pictures of one size in a row.
    private static func beside(_ pictures: [Picture]) -> Picture {
        guard let first = pictures.first else { return Picture(width: 1, height: 1, pixels: [0, 0, 0]) }
        var pixels: [UInt8] = []
        for row in 0..<first.height {
            for picture in pictures {
                pixels += picture.pixels[row * picture.width * 3..<(row + 1) * picture.width * 3]
            }
        }
        return Picture(width: first.width * pictures.count, height: first.height, pixels: pixels)
    }
}
