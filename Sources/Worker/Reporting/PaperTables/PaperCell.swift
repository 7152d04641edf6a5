/// What stands in a cell.
package enum PaperCell: Sendable, Equatable {
    case figure(PaperFigure)
    /// Which analysis or command would fill it, or why nothing does.
    case missing(String)

    /// A figure, or why there is none.
    init(_ figure: PaperFigure?, else reason: @autoclosure () -> String) {
        self = figure.map(PaperCell.figure) ?? .missing(reason())
    }
}
