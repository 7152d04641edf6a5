import Concepts
import Foundation
import Inference
import Persistence
import Testbed

@testable import Concepts
@testable import Jobs
@testable import Persistence

/// The jobs of a chaos run, drawn from its seed: mostly one image, some of many, some of a group, some sent twice or
/// forced, some bad.
struct ChaosJobs {
    private(set) var messages: [ChaosMessage] = []
    /// Registered under the names `chaos` and `chaos-groups`.
    let images: Analysis
    let groups: Analysis
    private var generator: SplitMix64
    private let first: Submission
    private let forced: Submission
    private var announced: [ImageReference] = []
    private var singles: [ImageJob.Image] = []
    private let badFiles: [String]

    private static let pictures: [(label: String, path: String)] = DrawnWorld.classes.flatMap { label in
        ((try? FileManager.default.contentsOfDirectory(atPath: DrawnWorld.folder + "/heldout/" + label)) ?? [])
            .sorted().map { (label, DrawnWorld.path(label + "/" + $0)) }
    }

    /// Draws `count` jobs and announces the images of most of them to the database.
    init(_ count: Int, seed: UInt64, _ site: Site) throws {
        generator = SplitMix64(seed: seed)
        images = try Self.register("chaos", decomposition: "image", site)
        // The fewer of the two, so that what judging takes is little.
        groups = try Self.register(
            "chaos-groups", decomposition: "group", evaluation: "{faithfulness: true, foreground: true}", site)
        let root = site.root
        let truncated = root + "/truncated.jpg"
        try Data(BadPictures.truncated(DrawnWorld.ids(perClass: 1)[0])).write(to: URL(fileURLWithPath: truncated))
        badFiles = [root + "/missing.jpg", truncated]
        let store = try SubmissionStore(site.connect())
        first = try store.create(analysisID: images.id, kind: .submit)
        forced = try store.create(analysisID: images.id, kind: .submit, force: true)
        for number in 0..<count { messages.append(try message(number)) }
        try store.expect(announced, of: first)
    }

    private static func register(
        _ name: String, decomposition: String, evaluation: String = "{}", _ site: Site
    ) throws -> Analysis {
        let path = try site.scratch.write(
            """
            name: \(name)
            model: \(DrawnWorld.model)
            classes: \(DrawnWorld.folder)/classes.json
            descriptors: \(DrawnWorld.folder)/descriptors.json
            method:
              decomposition: \(decomposition)
              foreground: {crf: false}
              parts: {by: [kmeans], count: 2}
              retrieval: {candidates: 42}
              language: {count: 20}
            evaluation: \(evaluation)
            """, to: name + ".yaml")
        return try site.register(path)
    }

    private mutating func message(_ number: Int) throws -> ChaosMessage {
        switch generator.next(below: 100) {
        case ..<3: return try badJob(number)
        case ..<7: return try group(number)
        case ..<10: return try job([badImage("bad-\(number)")], bad: ["bad-\(number)"])
        case ..<13: return try largeJob(number)
        case ..<16 where !singles.isEmpty:
            return try job([singles[generator.next(below: singles.count)]], announcing: false)
        case ..<18 where !singles.isEmpty:
            return try job([singles[generator.next(below: singles.count)]], forcing: true)
        default:
            let image = try goodImage("image-\(number)")
            singles.append(image)
            return try job([image])
        }
    }

    private mutating func goodImage(_ id: Identifier, label: String? = nil) throws -> ImageJob.Image {
        let choice = Self.pictures.filter { label == nil || $0.label == label }
        let picture = choice[generator.next(below: choice.count)]
        // A few come without label.
        let isLabelled = generator.next(below: 10) > 0
        return try ImageJob.Image(
            id: id, uri: "file://" + picture.path, label: isLabelled ? Identifier(picture.label) : nil)
    }

    private mutating func badImage(_ id: Identifier) throws -> ImageJob.Image {
        let kind = generator.next(below: badFiles.count + 1)
        if kind < badFiles.count { return try ImageJob.Image(id: id, uri: "file://" + badFiles[kind]) }
        return try ImageJob.Image(id: id, uri: "file://" + Self.pictures[0].path, label: "gryphon")
    }

    private mutating func job(
        _ images: [ImageJob.Image], bad: [Identifier] = [], announcing: Bool = true, forcing: Bool = false
    ) throws -> ChaosMessage {
        // Some producers announce nothing.
        let isAnnounced = announcing && !forcing && generator.next(below: 3) > 0
        if isAnnounced {
            announced += images.map { ImageReference(id: $0.id, uri: $0.uri, label: $0.label, sha256: $0.sha256) }
        }
        let submission = forcing ? forced.id : isAnnounced ? first.id : nil
        let job = try ImageJob(analysis: self.images.id, submission: submission, force: forcing, images: images)
        return ChaosMessage(
            key: job.key.text, value: job.encoded(), good: images.map(\.id).filter { !bad.contains($0) }.map(\.text),
            bad: bad.map(\.text))
    }

    private mutating func largeJob(_ number: Int) throws -> ChaosMessage {
        var images: [ImageJob.Image] = []
        for member in 0..<5 { images.append(try goodImage("large-\(number)-\(member)")) }
        guard generator.next(below: 3) == 0 else { return try job(images) }
        let bad: Identifier = "large-\(number)-bad"
        images.insert(try badImage(bad), at: generator.next(below: images.count))
        return try job(images, bad: [bad])
    }

    private mutating func group(_ number: Int) throws -> ChaosMessage {
        let label = DrawnWorld.classes[generator.next(below: DrawnWorld.classes.count)]
        var images: [ImageJob.Image] = []
        for member in 0..<3 { images.append(try goodImage("group-\(number)-\(member)", label: label)) }
        let good = images.map(\.id)
        var bad: [Identifier] = []
        if generator.next(below: 4) == 0 {
            bad = ["group-\(number)-bad"]
            images.append(try badImage(bad[0]))
        }
        let job = try ImageJob(analysis: groups.id, group: "group-\(number)", images: images)
        return ChaosMessage(key: job.key.text, value: job.encoded(), good: good.map(\.text), bad: bad.map(\.text))
    }

    private mutating func badJob(_ number: Int) throws -> ChaosMessage {
        let image = try goodImage("never-\(number)")
        let value: [UInt8]
        switch generator.next(below: 3) {
        case 0: value = Array("{\"schema\": \"entente.image-job/v1\", oops \(number)".utf8)
        case 1: value = try ImageJob(analysis: String(repeating: "0", count: 32), images: [image]).encoded()
        default:
            let job = String(decoding: try ImageJob(analysis: images.id, images: [image]).encoded(), as: UTF8.self)
            value = Array(job.replacing("entente.image-job/v1", with: "entente.image-job/v2").utf8)
        }
        return ChaosMessage(key: "bad-job-\(number)", value: value, isBad: true)
    }
}
