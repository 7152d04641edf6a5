/// What lies in the checkout that these tests belong to.
enum Checkout {
    // …/Tests/WorkerTests/Checkout.swift
    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")
    static let demo = root + "/share/demo"
    /// A model directory with weights, configuration, `vocab.json` and `merges.txt`.
    static let model = demo + "/model"
    /// A model directory without a vocabulary.
    static let bareModel = root + "/Tests/InferenceTests/Golden/encoder/quick-gelu-f16"
}
