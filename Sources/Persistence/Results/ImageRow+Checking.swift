import Concepts

extension ImageRow {
    /// Refuses what a statement's arrays could not carry; what else is wrong with a row, the table's checks say.
    ///
    /// - Throws: ``PersistenceError`` of code `value`, naming image and field.
    func check() throws {
        try StorableText.check(key: image.id.text, "an image's id")
        let name = "image \(image.id)"
        for (text, what) in [
            (image.uri, "uri"), (image.label?.text, "label"), (image.sha256, "sha256"),
            (image.group?.text, "group"), (contentHash, "content hash"), (groupDigest, "group digest"),
            (worker, "worker"), (kernelSet, "kernel set"),
        ] { try StorableText.check(text, "\(name): its \(what)") }
        if let submission = submissionID {
            try StorableText.check(key: submission.text, "\(name): its submission")
        }
        func need(_ holds: Bool, _ what: String) throws {
            if !holds { throw PersistenceError(.value, "\(name): \(what)") }
        }
        func fits(_ number: Int) -> Bool { Int32(exactly: number) != nil }
        try need((0...1023).contains(shard), "its shard \(shard) is not in 0...1023")
        try need(!findings.top.isEmpty, "it has no prediction")
        try need(
            findings.top.allSatisfy { fits($0.classIndex) } && fits(labelIndex ?? 0)
                && fits(methodRevision),
            "a class index or the method revision is beyond 32 bits")
        for found in findings.partMethods {
            let part = "its \(found.key) parts"
            try need(
                found.parts.allSatisfy { (-1...62).contains($0) }
                    && found.visionConcepts.allSatisfy { $0.parts.allSatisfy { (0...62).contains($0) } },
                "\(part) are numbered beyond 62")
            try need(
                (0...32_767).contains(found.gridHeight) && (0...32_767).contains(found.gridWidth)
                    && found.parts.count == found.gridHeight * found.gridWidth,
                "\(part) do not fill the \(found.gridHeight)×\(found.gridWidth) grid")
            try need(
                found.agreement.released.curve.count == found.visionConcepts.count + 1
                    && found.agreement.membership.curve.count == found.visionConcepts.count + 1,
                "\(part) have a curve that is not one point longer than their vision concepts")
            try need(
                found.visionConcepts.allSatisfy { fits($0.descriptor) }
                    && found.boxes.allSatisfy { box in
                        [box.part, box.top, box.left, box.bottom, box.right].allSatisfy { Int16(exactly: $0) != nil }
                    },
                "\(part) have a descriptor or box out of range")
        }
        for curve in findings.judged {
            try StorableText.check(curve.subject, "\(name): what is judged")
            try StorableText.check(curve.variant, "\(name): how it is judged")
            try need(fits(curve.draws), "its \(curve.subject) curves have draws beyond 32 bits")
        }
    }
}
