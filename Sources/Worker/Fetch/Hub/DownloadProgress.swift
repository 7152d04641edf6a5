/// Who is told how much of a model's files is there. Belongs to one thread.
package protocol DownloadProgress {
    /// - Parameter bytes: that there are of the file.
    func show(_ file: String, _ bytes: Int)
    func finish()
}
