import Foundation
import Inference

extension Analysis {
    /// Class embeddings out of a file, in the place of texts: the weights of a linear layer without bias, as the paper publishes them.
    ///
    /// Part of the content, so that whoever has the analysis has them.
    public struct ClassWeights: Sendable, Hashable {
        /// Lower-case hex SHA-256 of the file.
        public let sha256: String
        /// e, at least 1.
        public let columns: Int
        /// `[classes, e]`, row-major little-endian 32-bit floats, as the file has them.
        public let values: Data

        public init(sha256: String, _ matrix: Matrix) {
            self.sha256 = sha256
            columns = matrix.columns
            values = matrix.elements.reduce(into: Data(capacity: 4 * matrix.elements.count)) { data, value in
                withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
        }

        public var rows: Int { values.count / 4 / columns }

        public var matrix: Matrix {
            let elements = values.withUnsafeBytes { bytes in
                (0..<rows * columns).map { index in
                    Float(
                        bitPattern: UInt32(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
                }
            }
            return Matrix(rows: rows, columns: columns, elements: elements)
        }

        /// Stands for whichever file belongs to a model, where models are compared.
        public static let ofModel = ClassWeights(sha256: "", Matrix(rows: 0, columns: 1))
    }
}

extension Analysis.ClassWeights: Codable {
    private enum CodingKeys: String, CodingKey { case sha256, columns, values }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sha256 = try container.decode(String.self, forKey: .sha256)
        columns = try container.decode(Int.self, forKey: .columns)
        values = try container.decode(Data.self, forKey: .values)
        guard 1...65536 ~= columns, values.count.isMultiple(of: 4 * columns) else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container, debugDescription: "no whole number of rows of \(columns) values")
        }
    }
}
