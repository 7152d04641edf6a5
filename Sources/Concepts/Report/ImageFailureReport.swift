/// What a report says of an image that failed: `{"image": …, "error": {"kind": …, "message": …}}`.
public struct ImageFailureReport: Encodable, Sendable {
    let image: String
    let error: Failure

    struct Failure: Encodable {
        let kind: String
        let message: String
    }

    public init(image: String, kind: String, message: String) {
        self.image = image
        error = Failure(kind: kind, message: message)
    }
}
