import Analyzing
import Concepts
import Inference
import Yams

extension YAMLReader {
    /// `explainers`: of each part method that needs training the folder of its head.
    ///
    /// - Parameter resolve: a path as it stands in the file.
    mutating func explainers(
        _ node: Node?, method: MethodParameters, resolve: (String) -> String
    ) -> [PartMethod: (folder: String, hash: String)] {
        let known = PartMethod.trained.map(\.rawValue)
        let fields = node.map { members($0, path: "explainers.", known: known) } ?? [:]
        var found: [PartMethod: (folder: String, hash: String)] = [:]
        for part in PartMethod.trained {
            let key = "explainers.\(part.rawValue)"
            let isWanted = method.parts.by.contains(part)
            guard let field = fields[part.rawValue] else {
                if isWanted, !hasReported("method.parts.by") {
                    report(
                        "`method.parts.by` names `\(part.rawValue)`, which has to be trained; write `explainers: "
                            + "{\(part.rawValue): DIR}` with the folder that entente train wrote.", at: node)
                }
                continue
            }
            guard isWanted else {
                report("`\(key)` does nothing unless `method.parts.by` has `\(part.rawValue)`.", at: field)
                continue
            }
            guard let folder = string(field, key).map(resolve) else { continue }
            do {
                let file = try HeadFile(folder: folder)
                found[part] = (folder, try FileDigest.sha256([file.path]))
            } catch {
                report("`\(key)`: \(error)", at: field)
            }
        }
        return found
    }
}
