/// What every page has around its body.
package enum PageFrame {
    /// A whole document.
    ///
    /// - Parameters:
    ///   - policy: what of its content may be loaded or run; all else is not.
    ///   - css: beside the reports' own.
    package static func html(title: String, policy: String, css: String = "", body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \(policy)">
        <title>\(Markup.escaped(title))</title>
        <style>\(ReportStyle.css)\(css)</style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }
}
