import Concepts
import Foundation
import Inference
import Settings
import Yams

/// An analysis as a person writes it: a YAML file and the JSON files that it names (docs/method.md §1), checked whole.
struct AnalysisFile {
    /// The name people use for it; not part of its identity.
    let name: String
    /// Absolute path of the model directory.
    let modelDirectory: String
    let classes: [Analysis.Class]
    let bank: DescriptorBankFile
    let templates: [String]
    let descriptorTemplate: String
    let method: MethodParameters

    static let defaultTemplates = ["a photo of a {}."]
    static let defaultDescriptorTemplate = "a photo showing {}"

    /// Reads and checks the file and everything it names except the model.
    ///
    /// - Parameter share: the folder of what comes with the program, if the settings name one.
    /// - Throws: ``InvalidAnalysis`` with every problem found.
    init(path: String, share: String? = nil) throws(InvalidAnalysis) {
        var reader = YAMLReader(file: path)
        let root = try Self.compose(path)
        let fields = reader.members(
            root, path: "",
            known: ["name", "model", "classes", "templates", "descriptors", "descriptor_template", "method"])
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        func resolve(_ relative: String) -> String {
            URL(fileURLWithPath: relative, relativeTo: folder).standardizedFileURL.path
        }

        let name = reader.string(fields["name"], "name", required: true)
        let model = reader.string(fields["model"], "model", required: true).map(resolve)
        if let model, !FileManager.default.fileExists(atPath: model) {
            reader.report("`model` names \(model), which does not exist.", at: fields["model"])
        }
        let classesPath = reader.string(fields["classes"], "classes", required: true).map(resolve)
        let descriptorsPath = reader.string(fields["descriptors"], "descriptors", required: true).map(resolve)

        let templateSet = reader.templateSet(fields["templates"])
        let listed = templateSet == nil ? reader.templates(fields["templates"], "templates") : nil
        let descriptorTemplate =
            reader.template(fields["descriptor_template"], "descriptor_template") ?? Self.defaultDescriptorTemplate
        let method = MethodReader.read(fields["method"], into: &reader)

        var problems = reader.problems
        let templates =
            templateSet.map { TemplateSet.read($0, resolve: resolve, share: share, problems: &problems) ?? [] }
            ?? listed ?? Self.defaultTemplates
        let classes = classesPath.flatMap { ClassesFile.read($0, problems: &problems) }
        let bank = descriptorsPath.flatMap { path in
            DescriptorBankFile(path: path, classes: classes ?? [], problems: &problems)
        }
        guard problems.isEmpty, let name, let model, let classes, let bank else {
            throw InvalidAnalysis(problems: problems)
        }
        self.name = name
        self.modelDirectory = model
        self.classes = classes
        self.bank = bank
        self.templates = templates
        self.descriptorTemplate = descriptorTemplate
        self.method = method
    }

    /// The analysis under a model whose files have these hashes.
    ///
    /// - Parameter joint: makes it one with `decomposition: group`, whatever the file says.
    func analysis(model: Analysis.ModelFingerprint, joint: Bool = false) -> Analysis {
        var method = method
        if joint { method.decomposition = .group }
        return Analysis(
            model: model, classes: classes, descriptors: bank.descriptors, templates: templates,
            descriptorTemplate: descriptorTemplate, method: method)
    }

    private static func compose(_ path: String) throws(InvalidAnalysis) -> Node {
        func invalid(_ message: String, line: Int? = nil) -> InvalidAnalysis {
            InvalidAnalysis(problems: [Problem(file: path, line: line, message: message)])
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw invalid("The file can't be read; check the path and its permissions.")
        }
        let mark = JSONReader.byteOrderMark
        let content = data.starts(with: mark) ? data.dropFirst(mark.count) : data
        guard let text = String(validating: content, as: UTF8.self) else { throw invalid("The file is not UTF-8.") }
        if let refusal = YAMLAliases.refusal(of: text) { throw invalid(refusal) }
        do {
            guard let node = try Yams.compose(yaml: text) else { throw invalid("The file is empty.") }
            return node
        } catch let error as InvalidAnalysis {
            throw error
        } catch let error as YamlError {
            throw invalid("The file is not YAML: \(MethodReader.reason(error)).", line: MethodReader.line(error))
        } catch {
            throw invalid("The file is not YAML: \(error).")
        }
    }
}
