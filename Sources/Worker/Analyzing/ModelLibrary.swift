import Concepts
import Foundation
import Inference
import Synchronization

/// Finds models by what their files hash to, and loads each once for as long as anybody uses it: of several forms of one all but the
/// narrowed weights.
package final class ModelLibrary: Sendable {
    private let paths: [String]
    /// Trained heads in the same directories.
    package let heads: HeadLibrary
    private let state = Mutex(State())

    private struct State {
        /// Model directories by fingerprint; filled by ``scan()``.
        var directories: [Analysis.ModelFingerprint: String] = [:]
        var loaded: [Form: Loan] = [:]
    }

    /// What of a model is in memory.
    private struct Form: Hashable {
        let fingerprint: Analysis.ModelFingerprint
        let vision: VisionForm
    }

    /// A model that others hold.
    private struct Loan { weak var model: LoadedModel? }

    /// - Parameter paths: directories that are model directories or hold some.
    package init(paths: [String]) {
        self.paths = paths
        heads = HeadLibrary(paths: paths)
    }

    /// The model with this fingerprint, its vision encoder in this form, or nil if none of the directories holds it.
    ///
    /// Blocks while files are hashed and weights are read; other threads that ask meanwhile wait.
    ///
    /// - Throws: `InferenceError` if the model is there but can't be used.
    package func model(
        _ fingerprint: Analysis.ModelFingerprint, in vision: VisionForm = .floats
    ) throws -> LoadedModel? {
        try state.withLock { state in
            let form = Form(fingerprint: fingerprint, vision: vision)
            if let model = state.loaded[form]?.model { return model }
            // Scanned again on each miss: a model may have been copied there since.
            if state.directories[fingerprint] == nil { state.directories = scan() }
            guard let directory = state.directories[fingerprint] else { return nil }
            state.loaded = state.loaded.filter { $0.value.model != nil }
            let other = state.loaded.first { $0.key.fingerprint == fingerprint }?.value.model
            let model = try LoadedModel(
                directory: directory, weights: fingerprint.weights, form: vision, sharing: other)
            state.loaded[form] = Loan(model: model)
            return model
        }
    }

    /// A sentence for strangers: of where models lie on this machine it keeps the last name alone.
    package func withoutPlaces(_ sentence: String) -> String {
        paths.reduce(sentence) { sentence, path in
            let place = String(path.reversed().drop { $0 == "/" }.reversed())
            guard !place.isEmpty else { return sentence }
            return sentence.replacing(place + "/", with: (place as NSString).lastPathComponent + "/")
                .replacing(place + ":", with: (place as NSString).lastPathComponent + ":")
        }
    }

    private func scan() -> [Analysis.ModelFingerprint: String] {
        var found: [Analysis.ModelFingerprint: String] = [:]
        for directory in Self.directories(in: paths) {
            // A directory that is being copied is no model yet.
            guard let fingerprint = try? Analysis.ModelFingerprint(directory: directory) else { continue }
            found[fingerprint] = found[fingerprint] ?? directory
        }
        return found
    }

    /// The model directories among `paths` and what they hold, in order.
    package static func directories(in paths: [String]) -> [String] {
        paths.flatMap { path in
            let children = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            return ([path] + children.sorted().map { path + "/" + $0 }).filter(ModelDirectory.holdsModel)
        }
    }
}
