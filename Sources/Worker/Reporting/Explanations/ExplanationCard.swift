import Foundation
import Inference

/// One picture's explanation as one drawing: the picture with its parts, and which concepts are seen, said and both.
package struct ExplanationCard {
    package let title: String
    package let subtitle: String
    package let picture: Picture
    package let venn: VennDiagram

    package init(title: String, subtitle: String, picture: Picture, venn: VennDiagram) {
        self.title = title
        self.subtitle = subtitle
        self.picture = picture
        self.venn = venn
    }

    private static let (side, gap, top) = (360.0, 24.0, 70.0)

    /// - Throws: `InferenceError` if the picture can't be compressed.
    package func svg() throws -> String {
        let (width, height) = venn.size
        // The diagram as high as its letters stay readable.
        let scale = max(0.8, Self.side / height)
        let (vennWidth, vennHeight) = (width * scale, height * scale)
        let total = (
            width: 3 * Self.gap + Self.side + vennWidth, height: Self.top + max(Self.side, vennHeight) + Self.gap
        )
        let data = Data(try picture.pngData()).base64EncodedString()
        func at(_ number: Double) -> String { Markup.coordinate(number) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(at(total.width)) \(at(total.height))" \
            font-family="system-ui, sans-serif" fill="#1b1b1b">
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text x="\(at(Self.gap))" y="32" font-size="20" font-weight="600">\(Markup.escaped(title))</text>
            <text x="\(at(Self.gap))" y="54" font-size="14" fill="#555555">\(Markup.escaped(subtitle))</text>
            <image x="\(at(Self.gap))" y="\(at(Self.top))" width="\(at(Self.side))" height="\(at(Self.side))" \
            preserveAspectRatio="none" style="image-rendering: pixelated" href="data:image/png;base64,\(data)"/>
            <g transform="translate(\(at(2 * Self.gap + Self.side)) \(at(Self.top))) scale(\(String(format: "%.4f", scale)))">
            \(venn.content)
            </g>
            </svg>

            """
    }
}
