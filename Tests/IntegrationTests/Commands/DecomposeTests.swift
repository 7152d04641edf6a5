import Foundation
import Testbed
import Testing

@Suite struct DecomposeTests {
    private static let ids = DrawnWorld.ids(perClass: 2, classes: 6)

    private struct Line: Decodable {
        struct Concept: Decodable, Equatable {
            let descriptor: String
            let value: Double
        }
        let image, predicted: String
        let concepts: [Concept]
        let used: Int?
        let cosine: Double?
    }

    private struct Removal: Decodable {
        struct Step: Decodable {
            let removed: Int
            let drop, random_drop, flipped, random_flipped: Double
        }
        let images: Int
        let removal: [Step]
    }

    private static func decompose(_ arguments: [String], _ scratch: ScratchFolder) throws -> ProgramEnd {
        try Product.run(
            ["decompose", "--analysis", DrawnWorld.analysis] + arguments + ids.map(DrawnWorld.path), in: scratch)
    }

    private static func found(
        _ arguments: [String], _ scratch: ScratchFolder
    ) throws -> (pictures: [Line], removal: Removal) {
        let end = try decompose(arguments + ["--json"], scratch)
        try #require(end.status == 0, "\(end)")
        let lines = end.output.split(separator: "\n").map { Data($0.utf8) }
        try #require(lines.count == ids.count + 1, "\(end)")
        return try (
            lines.dropLast().map { try JSONDecoder().decode(Line.self, from: $0) },
            JSONDecoder().decode(Removal.self, from: try #require(lines.last))
        )
    }

    /// What is true of each class.
    private static func bank() throws -> [String: [String]] {
        let data = try #require(FileManager.default.contents(atPath: DrawnWorld.folder + "/descriptors.json"))
        return try JSONDecoder().decode([String: [String]].self, from: data)
    }

    /// How many pictures have something true of their class among the first that they are said to be made of.
    private static func hits(_ pictures: [Line]) throws -> Int {
        let bank = try bank()
        return zip(ids, pictures).count { id, line in
            let own = bank[String(id.prefix { $0 != "/" })] ?? []
            return line.concepts.prefix(5).contains { own.contains($0.descriptor) }
        }
    }

    @Test(arguments: ["splice", "ezpc"]) func picturesAreMadeOfWhatIsTrueOfThem(method: String) async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let (pictures, removal) = try Self.found(["--by", method, "--top", "7"], scratch)
            #expect(pictures.map(\.image) == Self.ids.map(DrawnWorld.path))
            for (id, line) in zip(Self.ids, pictures) {
                let values = line.concepts.map(\.value)
                #expect(values == values.sorted(by: >) && Set(line.concepts.map(\.descriptor)).count == values.count)
                if method == "splice" {
                    let (used, cosine) = (try #require(line.used), try #require(line.cosine))
                    #expect(values.count == min(used, 7) && values.allSatisfy { $0 > 0 }, "\(id)")
                    #expect(used > 0 && cosine > 0.5 && cosine < 1, "\(id)")
                } else {
                    #expect(values.count == 7 && line.used == nil && line.cosine == nil, "\(id)")
                }
            }
            #expect(try Self.hits(pictures) > Self.ids.count * 3 / 4)
            // With the important ones taken away more is lost than with any.
            #expect(removal.images == Self.ids.count && removal.removal.map(\.removed) == [1, 3, 5, 10])
            for step in removal.removal {
                #expect(step.drop > step.random_drop, "\(step)")
                #expect([step.flipped, step.random_flipped].allSatisfy { (0...1).contains($0) })
            }

            let text = try Self.decompose(["--by", method, "--top", "2"], scratch)
            #expect(text.status == 0 && text.output.contains("score drop") && text.output.contains("flipped"))
            let first = try #require(pictures.first)
            #expect(text.output.contains("\(first.image): \(first.predicted)"), "\(text)")
            #expect(text.output.contains(first.concepts[1].descriptor))
        }
    }

    /// With a trained map the same sentence is made of other numbers; one of something else is refused.
    @Test func aTrainedMapIsTaken() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let trained = try Product.run(
                TrainedWorld.arguments(TrainedWorld.map, epochs: 100, to: "map", in: scratch), in: scratch)
            try #require(trained.status == 0, "\(trained)")
            let map = scratch.path + "/map"
            // The map is of an analysis with the same model, words and templates, whatever its method is.
            func found(_ arguments: [String]) throws -> ProgramEnd {
                try Product.run(
                    [
                        "decompose", "--by", "ezpc", "--json", "--top", "10000", "--analysis",
                        TrainedWorld.analysis("plain", heads: [:], in: scratch),
                    ] + arguments + [DrawnWorld.path(Self.ids[0])], in: scratch)
            }
            func line(_ end: ProgramEnd) throws -> Line {
                try #require(end.status == 0, "\(end)")
                let first = try #require(end.output.split(separator: "\n").first)
                return try JSONDecoder().decode(Line.self, from: Data(first.utf8))
            }
            let (plain, mapped) = (try line(found([])), try line(found(["--map", map])))
            #expect(plain.predicted == mapped.predicted)
            #expect(plain.concepts != mapped.concepts && plain.concepts.count == mapped.concepts.count)
            // Scores have come nearer to a cosine, which is at most 1.
            func score(_ line: Line) -> Double { line.concepts.reduce(0) { $0 + $1.value } }
            #expect(score(mapped) < score(plain) && score(plain) > 1, "\(score(mapped)), \(score(plain))")

            let gone = try found(["--map", scratch.path])
            #expect(
                gone.status != 0 && gone.errors.contains("\(scratch.path)/map.safetensors is missing; name a folder"),
                "\(gone)")
            // Of descriptors that are worded another way.
            let file = try String(contentsOfFile: scratch.path + "/plain.yaml", encoding: .utf8)
            let worded = try scratch.write(file + "\ndescriptor_template: \"drawn with {}\"\n", to: "worded.yaml")
            let other = try Product.run(
                ["decompose", "--by", "ezpc", "--map", map, "--analysis", worded, DrawnWorld.path(Self.ids[0])],
                in: scratch)
            #expect(
                other.status != 0 && other.errors.contains("trained with the descriptor_template")
                    && other.errors.contains("train it for this analysis, or leave out --map"), "\(other)")
            let idle = try Self.decompose(["--by", "splice", "--map", map], scratch)
            #expect(idle.status == 64 && idle.errors.contains("--map does nothing with --by splice"), "\(idle)")
        }
    }

    /// A penalty leaves fewer, and none is taken for one that is no number.
    @Test func aPenaltyIsPaid() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            func used(_ penalty: String) throws -> Int {
                try Self.found(["--by", "splice", "--penalty", penalty], scratch).pictures
                    .reduce(0) { $0 + ($1.used ?? 0) }
            }
            #expect(try used("0.4") < used("0.05"))
            let end = try Self.decompose(["--by", "splice", "--penalty", "0"], scratch)
            #expect(end.status == 64 && end.errors.contains("--penalty is 0.0; it must be a finite number"), "\(end)")
        }
    }

    @Test func whatCannotBeTakenApartIsNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let cut = try scratch.write(BadPictures.truncated(Self.ids[0]), to: "cut.jpg")
            let end = try Self.decompose(["--by", "ezpc", "--json", cut], scratch)
            #expect(end.status == 65 && end.output.isEmpty && end.errors.contains("\(cut): "), "\(end)")
        }
    }
}
