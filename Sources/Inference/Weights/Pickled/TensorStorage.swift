/// Numbers of one kind in a row, which any number of tensors may share.
struct TensorStorage {
    let dtype: SafetensorsDtype
    /// How many numbers there are.
    let count: Int
    /// Bytes within the file.
    let range: Range<Int>
}
