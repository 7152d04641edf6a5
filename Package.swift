// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode, a warning is an error, and a release build that tests can look into,
/// so that one build serves both the tests and the product.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .unsafeFlags(["-enable-testing"], .when(configuration: .release)),
]

let package = Package(
    name: "entente",
    products: [
        .executable(name: "entente", targets: ["Worker"]),
        .executable(name: "view-benchmark", targets: ["ViewBenchmark"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
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
                .linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("webp"),
            ]),
        .target(
            name: "CKernels", path: "Sources/Inference/CKernels",
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("m")]),
        .target(
            name: "Inference",
            dependencies: [
                "COpenBLAS", "CImageCodecs", "CKernels",
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
                "CPostgres", "Concepts", .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["CPostgres"],
            swiftSettings: house),
        .testTarget(
            name: "PersistenceTests", dependencies: ["Dashboards", "Persistence", "Testbed"],
            swiftSettings: house),

        // What Grafana asks, out of the dashboards' JSON; and how long the answers take.
        .target(name: "Dashboards", dependencies: ["Persistence"], path: "Tests/Dashboards", swiftSettings: house),
        .executableTarget(
            name: "ViewBenchmark",
            dependencies: [
                "Dashboards", "Persistence", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Views", exclude: ["fill.sql"], swiftSettings: house),

        // The executable: commands, Kafka, threads, retries, shutdown.
        .systemLibrary(
            name: "CKafka", path: "Sources/Worker/CKafka",
            pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/Worker/CCurl",
            pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .executableTarget(
            name: "Worker",
            dependencies: [
                "CCurl", "CKafka", "Concepts", "Inference", "Persistence",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "SwiftCSV", package: "SwiftCSV"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["CCurl", "CKafka"],
            swiftSettings: house),
        .testTarget(name: "WorkerTests", dependencies: ["Worker", "Testbed"], swiftSettings: house),

        // What several test targets share: a scratch PostgreSQL cluster, deadlines, fixtures.
        .target(name: "Testbed", dependencies: ["Persistence"], path: "Tests/Testbed", swiftSettings: house),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["Worker", "Persistence", "Testbed", .product(name: "Crypto", package: "swift-crypto")],
            exclude: ["Golden"], swiftSettings: house),
    ]
)
