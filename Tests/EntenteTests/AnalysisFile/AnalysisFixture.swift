import Concepts
import Testbed

@testable import Entente
@testable import Settings

/// A folder with a model folder, classes and descriptors, for analysis files to name.
struct AnalysisFixture {
    let folder: ScratchFolder

    static let classes =
        #"[{"id": "n1", "name": "tench"}, {"id": "n2", "name": "crane"}, {"id": "n3", "name": "crane"}]"#
    static let descriptors = #"{"n2": ["long legs", "a beak"], "tench": ["a spotted body", "a beak"], "n3": []}"#

    /// What every file needs, and a method that is quick to run.
    static let minimal = """
        name: trial
        model: model
        classes: classes.json
        descriptors: descriptors.json
        method:
          foreground: {crf: false}
          parts: {by: [kmeans]}

        """

    init(classes: String = Self.classes, descriptors: String = Self.descriptors) throws {
        folder = try ScratchFolder()
        try folder.makeFolder("model")
        try folder.write(classes, to: "classes.json")
        try folder.write(descriptors, to: "descriptors.json")
    }

    func read(_ yaml: String, as name: String = "analysis.yaml") throws -> AnalysisFile {
        try AnalysisFile(path: folder.write(yaml, to: name))
    }

    /// The problems of a file, without the folder in front.
    func problems(_ yaml: String) throws -> [Problem] { try problems(Array(yaml.utf8)) }

    func problems(_ bytes: [UInt8]) throws -> [Problem] {
        do {
            _ = try AnalysisFile(path: folder.write(bytes, to: "analysis.yaml"))
            return []
        } catch let error as InvalidAnalysis {
            return error.problems.map { problem in
                Problem(
                    file: problem.file.replacing(folder.path + "/", with: ""), line: problem.line,
                    message: problem.message.replacing(folder.path + "/", with: ""))
            }
        }
    }

    /// ``minimal`` with lines of `method` put in place of the ones there.
    static func method(_ lines: String) -> String {
        minimal.prefix(upTo: minimal.range(of: "method:")!.lowerBound) + "method:\n" + lines
    }

    func id(_ yaml: String) throws -> String { try read(yaml).analysis(model: .example).id }
}
