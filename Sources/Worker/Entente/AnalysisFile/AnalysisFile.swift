import Analyzing
import Concepts
import Foundation
import Inference
import Settings
import Yams

/// An analysis as a person writes it: a YAML file and the JSON files that it names (docs/method.md §1), checked whole.
struct AnalysisFile {
    /// The name people use for it; not part of its identity.
    var name: String
    /// Absolute path of the model directory.
    let modelDirectory: String
    let classes: [Analysis.Class]
    /// nil for an analysis that asks for predictions alone and names none.
    let bank: DescriptorBankFile?
    /// Empty beside a ``classifier``.
    let templates: [String]
    let classifier: Analysis.Classifier?
    let descriptorTemplate: String
    var method: MethodParameters
    /// Trained heads: where they are, and the SHA-256 of their files.
    let explainers: [PartMethod: (folder: String, hash: String)]

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
            known: [
                "name", "model", "classes", "templates", "classifier", "descriptors", "descriptor_template", "method",
                "evaluation", "explainers",
            ])
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
        let descriptorsPath = reader.string(fields["descriptors"], "descriptors").map(resolve)

        let templateSet = reader.templateSet(fields["templates"])
        let listed = templateSet == nil ? reader.templates(fields["templates"], "templates") : nil
        let descriptorTemplate =
            reader.template(fields["descriptor_template"], "descriptor_template") ?? Self.defaultDescriptorTemplate
        let choice = reader.classifier(fields["classifier"], templates: fields["templates"])
        var method = MethodReader.read(fields["method"], into: &reader)
        method.evaluation = EvaluationReader.read(fields["evaluation"], into: &reader)
        if method.evaluation != nil, !method.findsParts {
            reader.report(
                "`evaluation` judges parts, and `method.parts.by` is []; leave one of the two out.",
                at: fields["evaluation"])
        }
        let folders = reader.explainers(fields["explainers"], method: method, resolve: resolve)
        let needsBank = method.findsParts || choice.isOfDescriptors
        if needsBank, fields["descriptors"] == nil { reader.report("`descriptors` is missing.") }

        var problems = reader.problems
        let templates =
            templateSet.map { TemplateSet.read($0, resolve: resolve, share: share, problems: &problems) ?? [] }
            ?? listed ?? (choice == .templates ? Self.defaultTemplates : [])
        let classes = classesPath.flatMap { ClassesFile.read($0, problems: &problems) }
        let bank = descriptorsPath.flatMap { path in
            DescriptorBankFile(path: path, classes: classes ?? [], problems: &problems)
        }
        let classifier = Self.classifier(choice, classes, bank, resolve: resolve, problems: &problems)
        guard problems.isEmpty, let name, let model, let classes, bank != nil || !needsBank else {
            throw InvalidAnalysis(problems: problems)
        }
        self.name = name
        self.modelDirectory = model
        self.classes = classes
        self.bank = bank
        self.templates = templates
        self.classifier = classifier
        self.descriptorTemplate = descriptorTemplate
        self.method = method
        explainers = folders
    }

    /// What a choice comes to; nil for templates, and where there is a problem.
    private static func classifier(
        _ choice: ClassifierChoice, _ classes: [Analysis.Class]?, _ bank: DescriptorBankFile?,
        resolve: (String) -> String, problems: inout [Problem]
    ) -> Analysis.Classifier? {
        switch choice {
        case .templates: return nil
        case .file(let path):
            return ClassifierFile.read(resolve(path), classes: classes?.count, problems: &problems)
                .map { .weights($0) }
        case .descriptors(let wording):
            guard let classes, let bank else { return nil }
            return bank.lists(of: classes, for: "`classifier.descriptors`", problems: &problems)
                .map { .descriptors($0, wording: wording) }
        case .sentences(let path):
            guard let classes else { return nil }
            return ClassSentencesFile.read(resolve(path), classes: classes, problems: &problems).map { .sentences($0) }
        }
    }

    /// Refuses what the model can't do, and trained heads that do not belong to the analysis.
    ///
    /// - Parameter name: what the file is called in messages.
    func check(_ analysis: Analysis, on model: ModelConfiguration, named name: String) throws {
        if let refusal = model.refusal(of: analysis) { throw CommandFailure(.badInput, "\(name): \(refusal)") }
        if let refusal = try explainerRefusal(analysis) { throw CommandFailure(.badInput, refusal) }
    }

    /// Why a trained head does not belong to the analysis; nil if all do, as far as their files say.
    private func explainerRefusal(_ analysis: Analysis) throws(InferenceError) -> String? {
        for method in PartMethod.trained {
            guard let (folder, _) = explainers[method] else { continue }
            if let refusal = try HeadFile(folder: folder).refusal(of: method, in: analysis) { return refusal }
        }
        return nil
    }

    /// The analysis under a model whose files have these hashes.
    ///
    /// - Parameters:
    ///   - joint: makes it one with `decomposition: group`, whatever the file says.
    ///   - smoothing: what a calibration found.
    func analysis(
        model: Analysis.ModelFingerprint, joint: Bool = false, smoothing: Smoothing? = nil
    ) -> Analysis {
        var method = method
        if joint { method.decomposition = .group }
        return Analysis(
            model: model, classes: classes, descriptors: bank?.descriptors ?? [], templates: templates,
            classifier: classifier, descriptorTemplate: descriptorTemplate, method: method,
            explainers: explainers.mapValues(\.hash), smoothing: smoothing)
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
