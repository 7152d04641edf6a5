import Foundation
import Persistence
import Testbed
import Testing

/// `report` as a person makes and opens it.
@Suite(.startsWorkers) struct ReportTests {
    private static let ids = DrawnWorld.ids(perClass: 2, classes: 6)

    /// Results under two analyses, one of them by other descriptor templates: a database that all share who only look.
    private struct Results: Sendable {
        let uri: String
        let analysis: String

        /// Writes a report of both and gives its path.
        func report(in scratch: ScratchFolder, roots: String = DrawnWorld.folder) throws -> String {
            let page = scratch.path + "/report.html"
            let end = try Product.run(
                [
                    "report", "--analysis", analysis, "bare", "--output", page, "--images", "2", "--file-roots", roots,
                ], in: scratch, environment: ["ENTENTE_POSTGRES_URI": Site.working(uri)])
            try #require(end.status == 0, "\(end)")
            return page
        }
    }

    private static let results = Result {
        let site = try Site(partitions: 1)
        defer { site.end() }
        // The pictures as they lie in the checkout, where they stay.
        let manifest = try site.scratch.write(
            DrawnWorld.manifest(ids, below: DrawnWorld.folder + "/heldout"), to: "manifest.csv")
        let submitted = try site.submit(["--manifest", manifest, "--images-per-job", "6"])
        let yaml = try String(contentsOfFile: DrawnWorld.analysis, encoding: .utf8)
            .replacing("name: demo", with: "name: bare").replacing("a photo showing {}", with: "{}")
            .replacing(/(model|classes|descriptors): ([a-z.]+)\n/) { "\($0.1): \(DrawnWorld.folder)/\($0.2)\n" }
        _ = try site.submit(["--manifest", manifest], analysis: site.scratch.write(yaml, to: "bare.yaml"))
        try site.work(environment: ["ENTENTE_FILE_ROOTS": DrawnWorld.folder])
        return Results(uri: site.uri, analysis: submitted.analysis)
    }

    @Test func oneFileHoldsEverythingAndOpensWithoutAComplaint() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let page = try Self.results.get().report(in: scratch)
            let html = try String(contentsOfFile: page, encoding: .utf8)
            for part in [
                "MI dynamics", "AUC and accuracy", "Where the encoders agree most", "Where they agree least", "bare",
                "released", "membership", "barn dibbet", "12 of 12 images done", "data:image/jpeg;base64,",
                "prefers-color-scheme",
            ] { #expect(html.contains(part), "\(part) is missing") }
            // Nothing is fetched from anywhere: no address but the names of XML vocabularies.
            let addresses = html.matches(of: /https?:\/\/[^"' <]+/).map { String($0.0) }
            #expect(Set(addresses).subtracting(["http://www.w3.org/2000/svg"]).isEmpty)

            guard let browser = Browser.path else { return Browser.sayMissing() }
            for (name, size) in [("wide", "1280,2400"), ("phone", "390,2400")] {
                let picture = scratch.path + "/\(name).png"
                let end = try Browser.open(
                    browser, page, ["--screenshot=\(picture)", "--window-size=\(size)"], scratch)
                #expect(end.status == 0 && !end.errors.contains("CONSOLE"), "\(end)")
                let bytes = try Data(contentsOf: URL(fileURLWithPath: picture))
                #expect(bytes.count > 20_000, "the screenshot shows next to nothing")
            }
        }
    }

    /// The keyboard reaches every column's head, and a press sorts the rows by it, up and down.
    @Test func classesAreSortedWithoutAMouse() async throws {
        guard let browser = Browser.path else { return Browser.sayMissing() }
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let page = try Self.results.get().report(in: scratch)
            let press = """
                <script>
                const head = [...document.querySelectorAll("#class-table th button")].find(b => b.textContent === "AUC");
                const values = () => [...document.querySelectorAll("#class-table tbody tr")].map(r => r.cells[4].dataset.value).join(" ");
                head.focus(); const focused = document.activeElement === head;
                head.click(); const down = values(), state = head.closest("th").getAttribute("aria-sort");
                head.click(); const up = values();
                document.title = "focused " + focused + "; " + state + "; " + down + "; " + up;
                </script>
                """
            let pressed = try scratch.write(
                String(contentsOfFile: page, encoding: .utf8).replacing("</body>", with: press + "</body>"),
                to: "pressed.html")
            let end = try Browser.open(browser, pressed, ["--dump-dom"], scratch)
            let title = try #require(end.output.firstMatch(of: /<title>focused ([^<]+)<\/title>/)?.1, "\(end)")
            let parts = title.split(separator: "; ").map(String.init)
            try #require(parts.count == 4)
            #expect(parts[0] == "true" && parts[1] == "descending")
            let (down, up) = (
                parts[2].split(separator: " ").compactMap { Double($0) },
                parts[3].split(separator: " ").compactMap { Double($0) }
            )
            #expect(down.count == 6 && down == down.sorted(by: >))
            #expect(up == up.sorted())
        }
    }

    @Test func whatCannotBeReportedIsSaid() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let analysis = try site.register(DrawnWorld.analysis)
            func refusal(_ arguments: [String]) throws -> ProgramEnd {
                try site.entente(["report", "--output", site.scratch.path + "/r.html"] + arguments)
            }
            let empty = try refusal(["--analysis", analysis.id])
            #expect(empty.status == 65 && empty.errors.contains("no results yet"), "\(empty)")
            let unknown = try refusal(["--analysis", "nobody"])
            #expect(unknown.status == 65 && unknown.errors.contains("nobody"), "\(unknown)")
            #expect(!FileManager.default.fileExists(atPath: site.scratch.path + "/r.html"))
        }
    }

    /// A picture that is gone, or lies where it may not be read, is said to be so, and the rest is there.
    @Test func picturesThatAreGoneAreSaidToBe() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let page = try Self.results.get().report(in: scratch, roots: scratch.path)
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("The picture is not shown") && !html.contains("data:image/jpeg"))
            #expect(html.contains("class=\"venn\""))
        }
    }
}

/// A browser without a window, if the machine has one.
enum Browser {
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first(where: FileManager.default.isExecutableFile)

    static func sayMissing() {
        print("SKIPPED: no Chromium here, so reports are not opened; scripts/bootstrap --tests installs it")
    }

    /// Opens a file and waits until its scripts have run.
    static func open(_ browser: String, _ file: String, _ arguments: [String], _ scratch: ScratchFolder) throws
        -> ProgramEnd
    {
        let program = try RunningProgram(
            browser,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
                "--enable-logging=stderr", "--user-data-dir=\(scratch.path)/browser", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
            ] + arguments + ["file://\(file)"],
            environment: Product.environment(["HOME": scratch.path]), folder: scratch.path)
        return try program.wait(within: 90)
    }
}
