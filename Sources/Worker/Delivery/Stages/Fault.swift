import Foundation

/// Faults that tests ask a worker for, because no honest input causes them.
enum Fault {
    /// `ENTENTE_FAULT_CRASH_IMAGE`: the id of an image whose computation ends the process.
    private static let crashingImage = ProcessInfo.processInfo.environment["ENTENTE_FAULT_CRASH_IMAGE"]

    /// Ends the process as a bug would, if one of these is the image that is to do so.
    static func crash(onAnyOf images: some Sequence<String>) {
        guard let crashingImage, images.contains(crashingImage) else { return }
        abort()
    }
}
