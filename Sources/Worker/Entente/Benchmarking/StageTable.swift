import Foundation

/// Stages and their times as a table for people.
enum StageTable {
    static func lines(_ title: String, _ stages: [StageClock.Stage]) -> [String] {
        [line(title, "median", "fastest", "slowest")]
            + stages.map { stage in
                let numbers = [stage.median, stage.fastest, stage.slowest].map { String(format: "%.2f", $0) }
                return line("  " + stage.stage, numbers[0], numbers[1], numbers[2])
            }
    }

    private static func line(_ name: String, _ cells: String...) -> String {
        name + String(repeating: " ", count: max(32 - name.count, 1))
            + cells.map { String(repeating: " ", count: max(10 - $0.count, 0)) + $0 }.joined()
    }
}
