/// The tokens `<0x00>` to `<0xFF>` by which characters without a token of their own are spelled.
enum ByteTokens {
    /// - Returns: nil unless all are there.
    static func ids(_ id: (String) -> Int32?) -> [Int32]? {
        let found = (0...255).compactMap { byte -> Int32? in
            let digits = String(byte, radix: 16, uppercase: true)
            return id("<0x" + (byte < 16 ? "0" : "") + digits + ">")
        }
        return found.count == 256 ? found : nil
    }
}
