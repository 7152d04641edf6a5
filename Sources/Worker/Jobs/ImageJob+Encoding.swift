import Inference

extension ImageJob {
    /// The message's value: the fields in the order of the schema, absent ones left out, no white space, slashes as they
    /// are. The same job always gives the same bytes.
    package func encoded() -> [UInt8] {
        var bytes = Self.encodedHead(analysis: analysis, submission: submission, force: force, group: group)
        for (index, image) in images.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += image.encoded()
        }
        return bytes + Self.encodedTail
    }

    /// Everything before the first image.
    static func encodedHead(analysis: String, submission: Identifier?, force: Bool, group: Identifier?) -> [UInt8] {
        var bytes = Array("{\"schema\":".utf8)
        bytes.appendJSON(schema)
        bytes.appendMember("analysis", analysis)
        bytes.appendMember("submission", submission?.text)
        bytes += Array(",\"force\":\(force)".utf8)
        bytes.appendMember("group", group?.text)
        return bytes + Array(",\"images\":[".utf8)
    }

    /// Everything after the last image.
    static let encodedTail = Array("]}".utf8)
}

extension ImageJob.Image {
    func encoded() -> [UInt8] {
        var bytes = Array("{\"id\":".utf8)
        bytes.appendJSON(id.text)
        bytes.appendMember("uri", uri)
        bytes.appendMember("label", label?.text)
        bytes.appendMember("sha256", sha256)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func appendMember(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self += Array(",\"\(name)\":".utf8)
        appendJSON(value)
    }

    /// A JSON string. Only what must be escaped is; the rest stays UTF-8.
    fileprivate mutating func appendJSON(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
            // Jobs hold no control characters, but a JSON string may never hold one unescaped.
            case 0..<0x20: self += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
