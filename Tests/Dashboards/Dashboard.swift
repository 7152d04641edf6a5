import Foundation

/// A Grafana dashboard's JSON model, as far as what it asks of the database goes.
public struct Dashboard: Decodable, Sendable {
    public let uid: String
    public let title: String
    public let description: String
    public let templating: Templating
    public let annotations: Annotations
    public let panels: [Panel]

    public struct Templating: Decodable, Sendable { public let list: [DashboardVariable] }

    public struct Annotations: Decodable, Sendable { public let list: [Annotation] }

    /// Marks on every time series.
    public struct Annotation: Decodable, Sendable {
        public let name: String
        public let target: Panel.Target
    }

    public var variables: [DashboardVariable] { templating.list }

    /// Every `*.json` of a folder, by file name.
    public static func all(in folder: String) throws -> [Dashboard] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        return try files.sorted().map { file in
            try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: URL(filePath: folder + "/" + file)))
        }
    }

    /// The dashboards of the checkout that this was built from.
    public static func ofThisCheckout() throws -> [Dashboard] {
        // …/Tests/Dashboards/Dashboard.swift
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return try all(in: root + "/deploy/grafana/dashboards")
    }
}
