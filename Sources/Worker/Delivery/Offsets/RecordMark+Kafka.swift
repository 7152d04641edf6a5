import Crypto
import Kafka
import Persistence

extension RecordMark {
    /// Of a record as it was read: its time, key, value and headers, each behind its length, so that no two records run
    /// together to the same bytes.
    init(_ record: KafkaRecord) {
        var hash = SHA256()
        func add(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) } }
        func add(_ bytes: [UInt8]?) {
            add(bytes.map { Int64($0.count) } ?? -1)
            hash.update(data: bytes ?? [])
        }
        add(record.timestamp ?? -1)
        add(record.key)
        add(record.value)
        for header in record.headers {
            add(Array(header.name.utf8))
            add(header.value)
        }
        self.init(offset: record.offset, digest: Array(hash.finalize()))
    }
}
