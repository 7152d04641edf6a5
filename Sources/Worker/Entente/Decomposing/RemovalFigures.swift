import Concepts
import Foundation

/// A removal test's means over its images, as they are printed.
struct RemovalFigures: Encodable {
    struct Step: Encodable {
        let removed: Int
        /// Of the class's score.
        let drop, random_drop: Double
        /// Shares of the images that come to another class.
        let flipped, random_flipped: Double
    }

    let images: Int
    let removal: [Step]

    init(_ test: RemovalTest) {
        images = test.images
        let count = Double(max(test.images, 1))
        removal = test.steps.map {
            Step(
                removed: $0.count, drop: $0.drop / count, random_drop: $0.randomDrop / count,
                flipped: Double($0.flips) / count, random_flipped: Double($0.randomFlips) / count)
        }
    }

    var text: String {
        func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
        var table = TextTable(
            .number("taken away"), .number("score drop"), .number("at random"), .number("flipped"),
            .number("at random"))
        for step in removal {
            table.add(
                "\(step.removed)", String(format: "%.4f", step.drop), String(format: "%.4f", step.random_drop),
                percent(step.flipped), percent(step.random_flipped))
        }
        return table.text
    }
}
