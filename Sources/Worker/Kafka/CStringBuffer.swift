/// Room for the sentence that a C function writes about its failure.
struct CStringBuffer {
    var bytes = [CChar](repeating: 0, count: 512)

    /// What was written, up to the terminating zero.
    var text: String { String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}
