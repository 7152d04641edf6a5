import Foundation
import Testbed

/// `tools/explorer/drive.py`: Chromium going through every page and every interaction of a running explorer.
enum ExplorerDriver {
    /// A Python that has Playwright and axe-core, `ENTENTE_TEST_BROWSER_PYTHON`, beside a browser; nil if either is missing.
    static let python: String? = {
        guard Browser.path != nil else {
            print("SKIPPED: no Chromium here, so nobody looks at the explorer; scripts/bootstrap --tests installs it")
            return nil
        }
        let candidate = ProcessInfo.processInfo.environment["ENTENTE_TEST_BROWSER_PYTHON"] ?? "/usr/bin/python3"
        guard let scratch = try? ScratchFolder() else { return nil }
        defer { scratch.remove() }
        let end = try? RunningProgram(
            candidate, ["-c", "import playwright.sync_api, axe_playwright_python.sync_playwright"], environment: [:],
            folder: scratch.path
        ).wait(within: 60)
        guard end?.status == 0 else {
            print(
                "SKIPPED: no Playwright for \(candidate), so nobody looks at the explorer; "
                    + "pip install -r tools/explorer/requirements.txt and name its Python in ENTENTE_TEST_BROWSER_PYTHON"
            )
            return nil
        }
        return candidate
    }()

    /// Ends with 0 if nothing is wrong, and lists what is.
    static func run(_ python: String, port: UInt16, in scratch: ScratchFolder) throws -> ProgramEnd {
        try RunningProgram(
            python,
            [
                "-B", "\(Checkout.root)/tools/explorer/drive.py", "http://127.0.0.1:\(port)", "--clicks", "4",
                "--chromium", Browser.path ?? "",
            ],
            environment: ["HOME": scratch.path, "PATH": "/usr/bin:/bin"],
            folder: scratch.path
        ).wait(within: 900)
    }
}
