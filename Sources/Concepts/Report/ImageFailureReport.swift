import Inference

/// What a report says of an image that failed: `{"image": …, "error": {"kind": …, "message": …}}`.
public struct ImageFailureReport: Encodable, Sendable {
    let image: Identifier
    let error: Failure

    struct Failure: Encodable {
        let kind: String
        let message: String
    }

    public init(image: Identifier, kind: String, message: String) {
        self.image = image
        error = Failure(kind: kind, message: message)
    }
}
