/// Microseconds that an image's stages took. Its share, where a stage worked on a batch.
public struct StageTimings: Sendable, Hashable {
    public var fetch: Int
    public var decode: Int
    public var encode: Int
    public var concepts: Int

    public init(fetch: Int = 0, decode: Int = 0, encode: Int = 0, concepts: Int = 0) {
        self.fetch = fetch
        self.decode = decode
        self.encode = encode
        self.concepts = concepts
    }
}
