import Foundation
import HTTP
import Reporting

/// What the pages of dense artifacts have in common.
enum DensePage {
    static func html(title: String, body: String) -> String {
        PageFrame.html(title: title, policy: "img-src * data:; style-src 'unsafe-inline'", css: "\n\(css)", body: body)
    }

    private static let css = """
        figure { margin: 0; min-width: 0 } figure img, figure svg { display: block; width: 100%; height: auto }
        figcaption, .ends { font-size: .85rem; color: var(--quiet) }
        .whole { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1rem; margin-top: 1rem }
        .whole table { width: 100%; align-self: start; font-size: .9rem } .whole td { padding: .15rem .5rem .15rem 0 }
        td.name { overflow-wrap: anywhere }
        .swatch { display: inline-block; width: 1em; height: 1em; border: 1px solid var(--quiet); vertical-align: -.1em }
        .named { padding: 0; margin: 0; list-style: none }
        .texts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: 1rem }
        .maps { display: flex; gap: .6rem } .maps figure { flex: 1 1 0 } article h3 { overflow-wrap: anywhere }
        .absent { outline: 2px dashed var(--line) }
        .bar { height: .5rem; background: linear-gradient(to right, \(HeatColors.css)); border: 1px solid var(--line) }
        .ends { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums }
        circle { fill: #fff; stroke: #000 } path { stroke: #fff; fill: none; filter: drop-shadow(0 0 1px #000) }
        """

    /// A text as markup, in its own direction.
    static func name(_ text: String) -> String {
        text.isEmpty ? "<em>the empty text</em>" : "<bdi>\(Markup.escaped(text))</bdi>"
    }

    static func percent(_ share: Double) -> String {
        share > 0 && share < 0.0005 ? "under 0.1 %" : String(format: "%.1f %%", share * 100)
    }

    /// A file of the same folder, whatever its name is.
    static func address(_ file: String) -> String { "./" + percentEncoded(file) }
}
