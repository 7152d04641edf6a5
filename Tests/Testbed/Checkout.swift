/// What lies in the checkout that these tests belong to.
public enum Checkout {
    // …/Tests/Testbed/Checkout.swift
    public static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")
    public static let demo = root + "/share/demo"
    /// A model directory with weights, configuration, `vocab.json` and `merges.txt`.
    public static let model = demo + "/model"
    /// A model directory without a vocabulary.
    public static let bareModel = root + "/Tests/InferenceTests/Golden/encoder/quick-gelu-f16"
}
