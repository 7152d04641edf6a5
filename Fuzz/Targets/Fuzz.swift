import Foundation

/// What reads the bytes: the input that `ENTENTE_FUZZ_TARGET` names.
private let read: @Sendable ([UInt8]) -> Void = {
    let name = ProcessInfo.processInfo.environment["ENTENTE_FUZZ_TARGET"] ?? ""
    if let input = InferenceInput(rawValue: name) { return { input.read($0) } }
    if let input = JobsInput(rawValue: name) { return { input.read($0) } }
    let known = InferenceInput.allCases.map(\.rawValue) + JobsInput.allCases.map(\.rawValue)
    FileHandle.standardError.write(
        Data("ENTENTE_FUZZ_TARGET is \"\(name)\"; targets are \(known.joined(separator: ", ")).\n".utf8))
    exit(64)
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
