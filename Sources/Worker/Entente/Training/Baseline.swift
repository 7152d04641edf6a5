import ArgumentParser
import Concepts

/// What `entente train` trains.
enum Baseline: Hashable, ExpressibleByArgument {
    /// A head that is a part method of its own.
    case head(PartMethod)
    /// EZPC's, for `entente decompose`.
    case map

    private static let mapName = "ezpc"
    /// Names of all that can be trained.
    static let names = PartMethod.trained.map(\.rawValue) + [mapName]

    init?(argument: String) {
        if argument == Self.mapName {
            self = .map
        } else if let method = PartMethod(argument: argument) {
            self = .head(method)
        } else {
            return nil
        }
    }

    var name: String {
        switch self {
        case .head(let method): method.rawValue
        case .map: Self.mapName
        }
    }
}
