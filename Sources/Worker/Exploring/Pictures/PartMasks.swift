import Concepts
import Persistence

/// Which patches of an image belong to which part.
struct PartMasks: Sendable, Hashable {
    let width: Int
    let height: Int
    /// `[height, width]`, the part of each patch, -1 for background.
    let labels: [Int]

    static let statement = """
        SELECT grid_height::int, grid_width::int, grid FROM entente.image_parts
        WHERE analysis_id = $1 AND image_id = $2 AND part_method = $3
        """

    /// - Throws: ``ExplorerProblem`` when the image has no parts by that method.
    init(_ name: PictureName, _ method: String?, _ reader: Reader) throws {
        let rows = try reader.raw(Self.statement, [.text(name.analysis), .text(name.image), .text(method ?? "")])
        guard let masks = try PartMasks(rows) else {
            throw ExplorerProblem(
                .notFound, "The image has no parts by the part method \(method ?? "that is not named").")
        }
        self = masks
    }

    /// - Parameter rows: of ``statement``; nil when there are none.
    init?(_ rows: Rows) throws {
        guard rows.count > 0 else { return nil }
        height = Int(try rows.int(0, 0))
        width = Int(try rows.int(0, 1))
        labels = try rows.bytes(0, 2).map { $0 == 255 ? -1 : Int($0) }
        guard labels.count == width * height else { return nil }
    }

    init(width: Int, height: Int, labels: [Int]) {
        (self.width, self.height, self.labels) = (width, height, labels)
    }

    /// Those with a patch, ascending.
    var parts: [Int] { Set(labels).subtracting([-1]).sorted() }

    func patches(of part: Int) -> Int { labels.count { $0 == part } }

    /// Little-endian: the letters ENTM, width, height, number of parts and 0 in 16 bits each, then a plane a part in ascending
    /// order, one bit a patch in raster order, the lowest first; each plane begins with a byte.
    var bytes: [UInt8] {
        var bytes = Array("ENTM".utf8)
        for number in [width, height, parts.count, 0] {
            bytes += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
        }
        for part in parts {
            var plane = [UInt8](repeating: 0, count: (labels.count + 7) / 8)
            for (place, label) in labels.enumerated() where label == part { plane[place / 8] |= 1 << UInt8(place % 8) }
            bytes += plane
        }
        return bytes
    }

    func grouping(_ method: PartMethod) -> PartGrouping {
        PartGrouping(method: method, gridHeight: height, gridWidth: width, labels: labels)
    }
}
