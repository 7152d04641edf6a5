import Concepts
import Fetch
import Foundation
import Inference
import Settings

/// What is known of a dataset's pictures, as a JSON file and one mask a picture:
///
/// ```json
/// {"schema": "entente.ground-truth/v1", "parts": {"body": 20, "head": 60},
///  "images": {"hill-mosk/000.jpg": {"size": [188, 153], "box": [31, 30, 140, 148],
///             "descriptors": ["a round body"], "mask": "masks/hill-mosk/000.png"}}}
/// ```
///
/// `size` is width and height in pixels, `box` the object's first and last column and row: left, top, right, bottom. A mask is
/// a grey picture of that size; `parts` says which grey value is which part, 0 is none. Paths are relative to the file.
package struct GroundTruthFile {
    static let schema = "entente.ground-truth/v1"

    struct Entry: Decodable {
        let size: [Int]
        let box: [Int]
        let descriptors: [Identifier]
        let mask: String
    }

    private struct Content: Decodable {
        let schema: String
        let parts: [String: Int]
        let images: [String: Entry]
    }

    private let path: String
    private let images: [Identifier: Entry]
    private let numbers: [UInt8: UInt8]
    private let masks: LocalFile
    private let limits: DecodingLimits

    /// - Throws: ``ReportingError`` that names file, field or value.
    package init(path: String, limits: DecodingLimits) throws(ReportingError) {
        self.path = path
        self.limits = limits
        masks = LocalFile(roots: .unrestricted, limit: limits.maxBytes)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ReportingError("\(path) can't be read; check the path and its permissions.")
        }
        let content: Content
        do {
            content = try JSONReader.decode(Content.self, from: [UInt8](data))
        } catch let error as DecodingError {
            throw ReportingError("\(path): \(Self.sentence(error))")
        } catch let fault as JSONReader.Fault {
            throw ReportingError(
                fault.kind == .duplicateName ? "\(path): \(fault.reason)." : "\(path) is not JSON: \(fault.reason).")
        } catch {
            throw ReportingError("\(path) can't be read: \(error).")
        }
        guard content.schema == Self.schema else {
            throw ReportingError("\(path): `schema` is \(quoted(content.schema)); this build reads \(Self.schema).")
        }
        var numbers: [UInt8: UInt8] = [0: 0]
        for (index, (name, value)) in content.parts.sorted(by: { $0.value < $1.value }).enumerated() {
            guard let grey = UInt8(exactly: value), grey > 0, numbers.updateValue(UInt8(index + 1), forKey: grey) == nil
            else {
                throw ReportingError(
                    "\(path): the part \(quoted(name)) has the grey value \(value); each needs one of its own from 1 to 255."
                )
            }
        }
        self.numbers = numbers
        images = Dictionary(uniqueKeysWithValues: content.images.map { (Identifier($0.key), $0.value) })
    }

    /// What is known of an image; nil if nothing is.
    ///
    /// - Parameter bank: descriptor to index; descriptors of the file that it lacks are not asked about.
    /// - Throws: ``ReportingError`` that names the image and what is wrong with its entry or mask.
    func truth(of image: Identifier, bank: [Identifier: Int]) throws(ReportingError) -> GroundTruth? {
        guard let entry = images[image] else { return nil }
        func fault(_ reason: String) -> ReportingError {
            ReportingError("\(path): the entry of \(quoted(image.text)) \(reason).")
        }
        guard entry.size.count == 2, entry.size.allSatisfy({ $0 > 0 }) else {
            throw fault("needs a `size` of two positive numbers, width and height")
        }
        let (width, height) = (entry.size[0], entry.size[1])
        guard entry.box.count == 4, entry.box[0] >= 0, entry.box[1] >= 0, entry.box[2] < width, entry.box[3] < height,
            let box = PixelBox(left: entry.box[0], top: entry.box[1], right: entry.box[2], bottom: entry.box[3])
        else { throw fault("needs a `box` of left, top, right and bottom inside of \(width)×\(height) pixels") }
        let mask = try picture(entry.mask)
        guard mask.width == width, mask.height == height else {
            throw fault("says \(width)×\(height) pixels, but its mask has \(mask.width)×\(mask.height)")
        }
        var parts: [UInt8] = []
        parts.reserveCapacity(width * height)
        for index in stride(from: 0, to: mask.pixels.count, by: 3) {
            guard let number = numbers[mask.pixels[index]] else {
                throw fault("has the grey value \(mask.pixels[index]) in its mask, which `parts` does not list")
            }
            parts.append(number)
        }
        return GroundTruth(
            width: width, height: height, parts: parts, box: box,
            descriptors: Set(entry.descriptors.compactMap { bank[$0] }))
    }

    private func picture(_ name: String) throws(ReportingError) -> Picture {
        let place = URL(fileURLWithPath: name, relativeTo: URL(fileURLWithPath: path)).standardizedFileURL.path
        do {
            return try ImageDecoder.decode(masks.read(place), named: place, limits: limits)
        } catch {
            throw ReportingError("\(error)")
        }
    }

    private static func sentence(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: " › ")
        }
        switch error {
        case .keyNotFound(let key, let context):
            let owner = place(context)
            return "\(owner.isEmpty ? "The file" : owner) lacks `\(key.stringValue)`."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context)) is of the wrong kind: \(context.debugDescription)"
        case .dataCorrupted(let context):
            return "The file is not JSON: \(context.debugDescription)"
        @unknown default:
            return "The file can't be read: \(error)."
        }
    }
}
