import Concepts
import Foundation
import Inference
import Persistence

/// Of an image what a map of a text over it takes: where its bytes are, and how its analysis sees them.
struct MapSource: Sendable {
    let picture: PictureSourceRow
    let model: Analysis.ModelFingerprint
    let fit: ImageFit
    /// The analysis's own dense method: that of a single pass, whose patches are compared with texts, else that of the features.
    let dense: DenseMethod?
}

extension MapSource {
    /// - Throws: ``ExplorerProblem`` when there is no such image, its picture can't be had, or its analysis is of another build.
    init(_ name: PictureName, _ reader: Reader) throws {
        picture = try PictureSourceRow(name, reader)
        let rows = try reader.raw(
            """
            SELECT canonical_json::jsonb #>> '{model}',
                coalesce(canonical_json::jsonb #>> '{method,prompting,dense}', canonical_json::jsonb #>> '{method,features,dense}')
            FROM entente.analysis_settings WHERE analysis_id = $1
            """, [.text(name.analysis)])
        let named = rows.count > 0 ? try rows.optionalText(0, 1) : nil
        let method = named.flatMap(DenseMethod.init)
        guard rows.count > 0, named == nil || method != nil, let fit = ImageFit(rawValue: picture.fit),
            let model = try? JSONDecoder().decode(
                Analysis.ModelFingerprint.self, from: Data(rows.text(0, 0).utf8))
        else {
            throw ExplorerProblem(
                .broken,
                "The analysis is written as this build does not read it; use the explorer of the workers' build.")
        }
        (self.model, self.fit, dense) = (model, fit, method)
    }
}
