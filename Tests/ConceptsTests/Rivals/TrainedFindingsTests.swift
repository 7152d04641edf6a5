import Inference
import Testing

@testable import Concepts

/// What becomes of a trained head's regions on the way to rows and judgements.
@Suite struct TrainedFindingsTests {
    private static let golden = Result { try HeadCase.all()[0] }

    private func interpreter(_ golden: HeadCase, _ by: [PartMethod], count: Int = 4) -> Interpreter {
        var method = DecompositionTests.method
        (method.parts.by, method.parts.count, method.language.count) = (by, count, 5)
        let text = TextSide(
            analysis: TextSideTests.analysis(classes: golden.classes, descriptors: golden.concepts, method: method),
            classEmbeddings: TextSideTests.random(golden.classes, golden.text_width, seed: 3),
            bankEmbeddings: golden.textMatrix,
            bareEmbeddings: TextSideTests.random(golden.concepts, golden.text_width, seed: 4))
        return Interpreter(text: text, method: method)
    }

    private func findings(_ by: [PartMethod], count: Int = 4) throws -> (ImageFindings, TrainedHead, Matrix) {
        let golden = try Self.golden.get()
        let head = TrainedHead(golden.shape, parameters: golden.trained, texts: golden.textMatrix)
        let (grid, features) = (PatchGrid(height: golden.grid[0], width: golden.grid[1]), golden.picture(2))
        let free = by.filter { !$0.needsTraining }.map { method in
            EncodedParts(
                grouping: PartGrouping(
                    method: method, gridHeight: grid.height, gridWidth: grid.width,
                    labels: (0..<grid.height * grid.width).map { $0 % 2 }),
                prompted: [0, 1].map {
                    PromptedPartEmbeddings(
                        part: $0, embeddings: TextSideTests.random(1, golden.text_width, seed: UInt64($0)),
                        ellipseFallback: false)
                })
        }
        let found = interpreter(golden, by, count: count).findings(
            imageEmbedding: TextSideTests.random(1, golden.text_width, seed: 5).elements, label: nil, parts: free,
            flags: [.groupIncomplete], trained: TrainedSight(heads: [head], features: features, grid: grid))
        return (found, head, features)
    }

    @Test(arguments: [[PartMethod.mmCBM], [.pca, .mmCBM, .kmeans], [.mmCBM, .kmeans], [.kmeans, .pca, .mmCBM]])
    func headsStandWhereTheyAreNamed(by: [PartMethod]) throws {
        #expect(try findings(by).0.partMethods.map(\.method) == by)
    }

    @Test func regionsBecomeParts() throws {
        let (found, head, features) = try findings([.kmeans, .mmCBM])
        let own = try #require(found.partMethods.last)
        let regions = head.regions(in: features, ofClass: found.predictedClass, count: 4)
        #expect(own.key == "mm_cbm" && own.extents == regions.map(\.patches))
        #expect(own.importances.map(\.part) == Array(0..<4))
        #expect(own.importances.map(\.descriptor) == regions.map(\.descriptor))
        #expect(own.importances.map(\.value) == regions.map(\.importance))
        // One descriptor a region, in order of relevance to the whole picture.
        #expect(Set(own.visionConcepts.map(\.descriptor)) == Set(regions.map(\.descriptor)))
        #expect(zip(own.visionConcepts, own.visionConcepts.dropFirst()).allSatisfy { $0.relevance >= $1.relevance })
        for concept in own.visionConcepts {
            #expect(concept.parts.map { regions[$0].descriptor } == concept.parts.map { _ in concept.descriptor })
        }
        #expect(own.agreement.released.curve.count == own.visionConcepts.count + 1)
        // The group and the foreground are nothing to it.
        #expect(own.flags.isEmpty && found.partMethods[0].flags.contains(.groupIncomplete))
        for (patch, part) in own.parts.enumerated() {
            let owners = regions.indices.filter { regions[$0].patches[patch] }
            if part < 0 {
                #expect(owners.isEmpty)
            } else {
                let strongest = owners.map { regions[$0].strengths[patch] }.max()
                #expect(owners.contains(part) && regions[part].strengths[patch] == strongest)
            }
        }
        for box in own.boxes {
            let patches = regions[box.part].patches.indices.filter { regions[box.part].patches[$0] }
            let (rows, columns) = (patches.map { $0 / 4 }, patches.map { $0 % 4 })
            #expect([box.top, box.bottom] == [rows.min(), rows.max()])
            #expect([box.left, box.right] == [columns.min(), columns.max()])
        }
        #expect(own.boxes.map(\.part) == Array(0..<4))
    }

    @Test func fewerRegionsThanAskedForAreFlagged() throws {
        let golden = try Self.golden.get()
        let own = try findings([.mmCBM], count: golden.concepts + 3).0.partMethods[0]
        #expect(own.flags == [.partsReduced] && own.importances.count <= golden.concepts)
    }

    @Test func extentsAreJudgedWhole() throws {
        let own = try findings([.mmCBM]).0.partMethods[0]
        let explainer = ExtentsExplainer(own, size: 24)
        #expect(explainer.name == own.key && explainer.regions.count == own.importances.count)
        for (region, extent) in zip(explainer.regions, own.extents) {
            // Patches of 8 × 6 pixels, whoever else has them.
            #expect(region.mask.count { $0 } == 48 * extent.count { $0 })
        }
        let overlap = own.extents[0].indices.contains { patch in own.extents.count { $0[patch] } > 1 }
        #expect(overlap)
    }
}
