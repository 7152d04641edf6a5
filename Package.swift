// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode, a warning is an error, and a release build that tests can look into,
/// so that one build serves both the tests and the product.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .unsafeFlags(["-enable-testing"], .when(configuration: .release)),
]

/// One of the targets that the folder Worker is made of.
func room(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Worker/\(name)", exclude: exclude, swiftSettings: house)
}

/// The tests of a target, with what they look into beside it.
func tests(of name: String, _ others: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.byName(name: name), "Testbed"] + others, swiftSettings: house)
}

let package = Package(
    name: "entente",
    products: [
        .executable(name: "entente", targets: ["Worker"]),
        .executable(name: "view-benchmark", targets: ["ViewBenchmark"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    ],
    targets: [
        // Pixels and text in, embeddings and patch features out.
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/Inference/COpenBLAS",
            pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(
            name: "CImageCodecs", path: "Sources/Inference/CImageCodecs",
            linkerSettings: [
                .linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("webp"), .linkedLibrary("gif"),
                .linkedLibrary("tiff"), .linkedLibrary("avif"),
            ]),
        .target(
            name: "CKernels", path: "Sources/Inference/CKernels",
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("m")]),
        .target(
            name: "Inference",
            dependencies: [
                "COpenBLAS", "CImageCodecs", "CKernels", .product(name: "HeapModule", package: "swift-collections"),
            ],
            exclude: ["COpenBLAS", "CImageCodecs", "CKernels"],
            swiftSettings: house),
        .testTarget(
            name: "InferenceTests", dependencies: ["Inference", "CAllocationCount"],
            exclude: ["Golden"], swiftSettings: house),

        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),

        // What the embeddings mean.
        .target(
            name: "Concepts",
            dependencies: ["Inference", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: house),
        .testTarget(
            name: "ConceptsTests", dependencies: ["Concepts"],
            exclude: ["Golden"], swiftSettings: house),

        // Reports in, rows out.
        .systemLibrary(
            name: "CPostgres", path: "Sources/Persistence/CPostgres",
            pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "Persistence",
            dependencies: [
                "CPostgres", "Concepts", "Inference", .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["CPostgres"],
            swiftSettings: house),
        .testTarget(
            name: "PersistenceTests", dependencies: ["Dashboards", "Inference", "Persistence", "Processes", "Testbed"],
            exclude: ["Golden"], swiftSettings: house),

        // What Grafana asks, out of the dashboards' JSON; and how long the answers take.
        .target(name: "Dashboards", dependencies: ["Persistence"], path: "Tests/Dashboards", swiftSettings: house),
        .executableTarget(
            name: "ViewBenchmark",
            dependencies: [
                "Dashboards", "Persistence", "Processes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Views", exclude: ["fill.sql"], swiftSettings: house),

        // Between the tables and the executable: what each knows of is what stands in its list, and nothing else.
        .systemLibrary(
            name: "CKafka", path: "Sources/Worker/Kafka/CKafka",
            pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/Worker/HTTP/CCurl",
            pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMalloc", path: "Sources/Worker/Threads/CMalloc"),
        room(
            "Threads", ["CMalloc", .product(name: "DequeModule", package: "swift-collections")], exclude: ["CMalloc"]),
        room(
            "Settings",
            [
                "Inference", .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        room("Processes", ["CPostgres", "Persistence"]),
        room("HTTP", ["CCurl", "Settings"], exclude: ["CCurl"]),
        room(
            "Kafka",
            [
                "CKafka", "Processes", "Settings", "Threads",
                .product(name: "Logging", package: "swift-log"),
            ], exclude: ["CKafka"]),
        room("Jobs", ["HTTP", "Inference", "Settings"]),
        room(
            "Fetch",
            [
                "Concepts", "HTTP", "Inference", "Jobs", "Settings", "Threads",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        room(
            "Analyzing",
            [
                "Concepts", "Inference", "Jobs", "Settings", "Threads",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        room(
            "Delivery",
            [
                "Analyzing", "Concepts", "Fetch", "Inference", "Jobs", "Kafka", "Persistence", "Settings", "Threads",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        room(
            "Reporting",
            [
                "Analyzing", "Concepts", "Fetch", "Inference", "Jobs", "Persistence", "Settings",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        room(
            "Exploring",
            [
                "Concepts", "Fetch", "HTTP", "Inference", "Jobs", "Persistence", "Processes", "Reporting", "Settings",
                "Threads",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),

        // The commands, and what only they need; the executable is these and nothing else.
        room(
            "Entente",
            [
                "Analyzing", "Concepts", "Delivery", "Exploring", "Fetch", "HTTP", "Inference", "Jobs", "Kafka",
                "Persistence", "Processes", "Reporting", "Settings", "Threads",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftCSV", package: "SwiftCSV"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "Worker", dependencies: ["Entente"], path: "Sources/Worker/Main", swiftSettings: house),

        tests(of: "Threads"),
        tests(of: "Settings"),
        tests(of: "Processes", ["Persistence"]),
        tests(of: "HTTP", ["Settings"]),
        tests(of: "Kafka", ["CKafka", "Settings"]),
        tests(of: "Jobs", ["HTTP", "Inference", "Settings"]),
        tests(of: "Fetch", ["Concepts", "HTTP", "Inference", "Settings"]),
        tests(of: "Analyzing", ["CAllocationCount", "Concepts", "Inference", "Jobs"]),
        tests(
            of: "Delivery",
            [
                "Analyzing", "CKafka", "Concepts", "Fetch", "Inference", "Jobs", "Kafka", "Persistence", "Settings",
                "Threads",
            ]),
        tests(
            of: "Reporting",
            [
                "Analyzing", "Concepts", "Fetch", "Inference", "Persistence",
                .product(name: "SwiftCSV", package: "SwiftCSV"),
            ]),
        tests(
            of: "Exploring",
            [
                "Concepts", "Fetch", "Inference", "Persistence", "Processes", "Reporting", "Settings",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ]),
        tests(
            of: "Entente",
            [
                "Analyzing", "CKafka", "Concepts", "Exploring", "Fetch", "Inference", "Jobs", "Kafka", "Persistence",
                "Processes", "Reporting", "Settings",
            ]),

        // What several test targets share: a scratch PostgreSQL cluster, deadlines, fixtures.
        .target(
            name: "Testbed",
            dependencies: ["Analyzing", "CKafka", "Concepts", "Inference", "Kafka", "Persistence", "Processes"],
            path: "Tests/Testbed", swiftSettings: house),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Concepts", "Dashboards", "Fetch", "Inference", "Jobs", "Kafka", "Persistence", "Processes", "Settings",
                "Testbed", "Entente", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftCSV", package: "SwiftCSV"),
            ],
            exclude: ["Golden"], swiftSettings: house),
        // The product with a fault in it, which integration tests start.
        .executableTarget(
            name: "FaultyEntente", dependencies: ["Delivery", "Entente", "Inference"], path: "Tests/FaultyEntente",
            swiftSettings: house),
    ]
)
