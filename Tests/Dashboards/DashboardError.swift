/// Something in a dashboard that would not work in Grafana either.
public struct DashboardError: Error, CustomStringConvertible {
    public let description: String
}
