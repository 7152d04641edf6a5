import Foundation
import Testbed
import Testing

/// The built `entente`, which these tests drive from outside.
enum Product {
    static let executable = Result { try built("entente") }
    /// The same with a fault in it; see `Tests/FaultyEntente`.
    static let faulty = Result { try built("FaultyEntente") }

    /// Programs lie beside the one that runs the tests.
    private static func built(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let path = folder.appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ProductMissing(description: "\(path) is missing: build the product before its tests")
        }
        return path
    }

    /// What a process of ours inherits: nothing that a person has set for an installation of their own.
    static func environment(_ own: [String: String]) -> [String: String] {
        ProcessInfo.processInfo.environment.filter { variable in
            // The kernels are the machine's, and what the tests run under.
            variable.key == "ENTENTE_KERNELS"
                || !["ENTENTE_", "PG", "AWS_", "HF_"].contains(where: variable.key.hasPrefix)
                    && !variable.key.lowercased().hasSuffix("_proxy")
        }.merging(own) { $1 }
    }

    /// Runs a command to its end, with a scratch folder as its cache.
    static func run(
        _ arguments: [String], in folder: ScratchFolder, environment own: [String: String] = [:],
        input: String? = nil, within seconds: Double = 120
    ) throws -> ProgramEnd {
        let program = try RunningProgram(
            executable.get(), arguments,
            environment: environment(["XDG_CACHE_HOME": folder.path + "/cache"].merging(own) { $1 }),
            folder: folder.path, input: input)
        return try program.wait(within: seconds)
    }
}

struct ProductMissing: Error, CustomStringConvertible { let description: String }
