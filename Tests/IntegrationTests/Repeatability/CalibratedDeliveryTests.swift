import Crypto
import Foundation
import Testbed
import Testing

@testable import Fetch

/// int8 that was fitted to its model: on the way from queue to table, and what the commands say that calibrate.
@Suite(.startsWorkers) struct CalibratedDeliveryTests {
    private static let all = DrawnWorld.ids(perClass: 4, classes: 3)
    private static let analysed = all.filter { !$0.hasSuffix("3.jpg") }
    /// The rest of them.
    private static let told = all.filter { $0.hasSuffix("3.jpg") }

    private static func analysis(
        _ scratch: ScratchFolder, precision: String = "int8", model: String = DrawnWorld.model
    ) throws -> String {
        try scratch.write(
            """
            name: \(precision)
            model: \(model)
            classes: \(DrawnWorld.folder)/classes.json
            descriptors: \(DrawnWorld.folder)/descriptors.json
            method:
              precision: \(precision)
              foreground: {crf: false}
              parts: {by: [kmeans]}
              retrieval: {candidates: 42}
              language: {count: 20}
            """, to: precision + ".yaml")
    }

    /// A worker has it from the database alone, with no picture of the calibration at hand.
    @Test func workersSayWhatAnalyzeSays() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            let model = try OutlierModel.write(to: site.scratch)
            let file = try Self.analysis(site.scratch, model: model)
            let folder = try DrawnWorld.copy(Self.told, to: site.scratch, as: "told")
            let submitted = try site.submit(
                Self.analysed, imagesPerJob: 4, ["--calibration", folder], analysis: file)
            let plain = try site.entente(["submit", "--analysis", file, "--images", site.root, "--dry-run", "--json"])
            #expect(plain.status == 0 && !plain.output.contains(submitted.analysis), "\(plain)")
            let pictures = Self.analysed.map { site.root + "/" + $0 }
            func analyze(_ arguments: [String]) throws -> (reports: [Report], errors: String) {
                let end = try Product.run(
                    ["analyze", "--analysis", file, "--json", "--batch-size", "1"] + arguments + pictures,
                    in: site.scratch)
                try #require(end.status == 0, "\(end)")
                let lines = end.output.split(separator: "\n")
                return (try lines.map { try JSONDecoder().decode(Report.self, from: Data($0.utf8)) }, end.errors)
            }
            let (reports, errors) = try analyze(["--calibration", folder])
            #expect(errors.contains("calibrated (pictures: \(Self.told.count); "), "\(errors)")
            // Else the worker could do without.
            let uncalibrated = try analyze([]).reports
            try #require(reports.map(\.partMethods) != uncalibrated.map(\.partMethods))
            try FileManager.default.removeItem(atPath: folder)
            try site.work(environment: ["ENTENTE_MODEL_PATH": model])
            try site.expectRollupsTrue()
            let connection = try site.connect()
            #expect(
                try connection.strings("SELECT DISTINCT kernel_set FROM entente.image_results").allSatisfy {
                    $0.hasSuffix("+int8")
                })
            let stored = try StoredReports(connection)
            #expect(reports.count == Self.analysed.count)
            for (id, report) in zip(Self.analysed, reports) {
                for (method, part) in report.partMethods { #expect(try part == stored.part(id, method), "\(id)") }
            }
            let shown = try site.entente(["analyses", "show", submitted.analysis])
            #expect(shown.output.contains("in int8, calibrated"), "\(shown)")
        }
    }

    /// Sent again under a calibrated analysis, and compared with what floats found.
    @Test func replaysCalibrateToo() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            let (floats, narrow) = (
                try Self.analysis(site.scratch, precision: "fp32"), try Self.analysis(site.scratch)
            )
            let folder = try DrawnWorld.copy(Self.told, to: site.scratch, as: "told")
            let root = try DrawnWorld.copy(Self.analysed, to: site.scratch)
            let before = try site.submit(["--images", root], analysis: floats)
            try site.work()
            let replay = ["replay", "--from", before.analysis, "--to"]
            let shared = try site.entente(replay + [narrow, "--calibration", root])
            #expect(shared.status == 65 && shared.errors.contains("is among the images themselves"), "\(shared)")
            let sent = try site.entente(replay + [narrow, "--calibration", folder])
            try #require(sent.status == 0, "\(sent)")
            try site.work()
            let compared = try site.entente(["compare", "--from", before.analysis, "--to", "int8"])
            #expect(compared.output.contains("fp32 → int8, calibrated"), "\(compared)")
            let line = try site.entente(["compare", "--from", before.analysis, "--to", "int8", "--json"]).output
            #expect(line.contains(#""from_calibrated":false"#) && line.contains(#""to_calibrated":true"#), "\(line)")
            let known = try site.entente(replay + ["int8", "--calibration", folder])
            #expect(known.status == 64 && known.errors.contains("is registered as it is"), "\(known)")
        }
    }

    @Test func whatCannotBeCalibratedByIsNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let folder = try DrawnWorld.copy(Self.told, to: scratch, as: "told")
            let file = try Self.analysis(scratch)
            func refusal(_ arguments: [String], _ status: Int32) throws -> String {
                let end = try Product.run(["analyze", "--analysis"] + arguments, in: scratch)
                #expect(end.status == status && end.output.isEmpty, "\(end)")
                return end.errors
            }
            let picture = DrawnWorld.path(Self.analysed[0])
            let bf16 = try Self.analysis(scratch, precision: "bf16")
            #expect(
                try refusal([bf16, "--calibration", folder, picture], 64).contains(
                    "--calibration is about int8, and \(bf16) computes in bf16 (method.precision)"))
            let missing = try refusal([file, "--calibration", scratch.path + "/nowhere", picture], 65)
            #expect(missing.contains("--calibration: \(scratch.path)/nowhere does not exist"), "\(missing)")
            try scratch.makeFolder("empty")
            let empty = try refusal([file, "--calibration", scratch.path + "/empty", picture], 65)
            #expect(empty.contains("--calibration: \(scratch.path)/empty holds no pictures"), "\(empty)")
            // By another way to the same file.
            try scratch.link("aside", to: folder)
            let own = try refusal([file, "--calibration", folder, scratch.path + "/aside/" + Self.told[1]], 65)
            #expect(own.contains("\(Self.told[1]) is among the images themselves"), "\(own)")
            try scratch.makeFolder("links")
            try scratch.link("links/a.jpg", to: folder + "/" + Self.told[1])
            let linked = try refusal(
                [file, "--calibration", scratch.path + "/links", folder + "/" + Self.told[1]], 65)
            #expect(linked.contains("\(Self.told[1]) is among the images themselves"), "\(linked)")
            let manifest = try scratch.write(
                DrawnWorld.manifest([Self.told[2]], below: scratch.path + "/aside"), to: "manifest.csv")
            let dry = try Product.run(
                [
                    "submit", "--analysis", file, "--calibration", scratch.path + "/aside", "--manifest", manifest,
                    "--dry-run",
                ], in: scratch)
            #expect(dry.status == 65 && dry.errors.contains("is among the images themselves"), "\(dry)")
            // By its bytes, which the manifest names.
            let hash = SHA256.hash(data: Data(try DrawnWorld.bytes(Self.told[0]))).map { String(format: "%02x", $0) }
            let hashed = try scratch.write(
                "uri,id,sha256\ns3://elsewhere/a.jpg,a,\(hash.joined().uppercased())\n", to: "hashed.csv")
            let same = try Product.run(
                ["submit", "--analysis", file, "--calibration", folder, "--manifest", hashed, "--dry-run"], in: scratch)
            #expect(same.status == 65 && same.errors.contains(": a is among the images themselves"), "\(same)")
            try scratch.write(BadPictures.truncated(Self.told[0]), to: "told/cut.jpg")
            let cut = try refusal([file, "--calibration", folder, picture], 65)
            #expect(cut.contains("told/cut.jpg") && cut.contains("take it out of the folder"), "\(cut)")
            #expect(!cut.contains(".;"), "\(cut)")
        }
    }

    /// Whatever `--images` takes: names are bytes.
    @Test func namesThatAreNoTextAreRead() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            try scratch.makeFolder("told")
            let name = PathBytes(Array((scratch.path + "/told/a").utf8) + [0xff] + Array(".jpg".utf8))
            let bytes = try DrawnWorld.bytes(Self.told[0])
            let file = try #require(name.withCString { fopen($0, "wb") })
            #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
            fclose(file)
            let end = try Product.run(
                [
                    "analyze", "--analysis", Self.analysis(scratch), "--calibration", scratch.path + "/told",
                    DrawnWorld.path(Self.analysed[0]),
                ], in: scratch)
            #expect(end.status == 0 && end.errors.contains("calibrated (pictures: 1; "), "\(end)")
        }
    }
}
