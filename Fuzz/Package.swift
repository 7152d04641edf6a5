// swift-tools-version: 6.2
import PackageDescription

/// What reads bytes from outside, built with libFuzzer and AddressSanitizer. `scripts/fuzz` builds and runs it.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing", "-parse-as-library"]),
]
let c: [CSetting] = [.unsafeFlags(["-O1", "-fsanitize=fuzzer-no-link,address"])]

let package = Package(
    name: "fuzz",
    dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.2.0")],
    targets: [
        .systemLibrary(name: "COpenBLAS", path: "Sources/Inference/COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "CCurl", path: "Sources/Worker/HTTP/CCurl", pkgConfig: "libcurl"),
        .target(
            name: "CImageCodecs", path: "Sources/Inference/CImageCodecs", cSettings: c,
            linkerSettings: [
                .linkedLibrary("jpeg"), .linkedLibrary("png16"), .linkedLibrary("webp"), .linkedLibrary("gif"),
                .linkedLibrary("tiff"), .linkedLibrary("avif"),
            ]),
        .target(
            name: "CKernels", path: "Sources/Inference/CKernels", cSettings: c + [.unsafeFlags(["-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("m")]),
        .target(
            name: "Inference",
            dependencies: [
                "COpenBLAS", "CImageCodecs", "CKernels", .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Sources/Inference",
            exclude: ["COpenBLAS", "CImageCodecs", "CKernels"], swiftSettings: swift),
        // What reads jobs; of the settings what it needs, without the packages that the rest needs.
        .target(
            name: "Settings", dependencies: ["Inference"], path: "Sources/Worker/Settings",
            sources: ["JSON", "Text", "BuildInformation.swift"], swiftSettings: swift),
        .target(
            name: "HTTP", dependencies: ["CCurl", "Settings"], path: "Sources/Worker/HTTP", exclude: ["CCurl"],
            swiftSettings: swift),
        .target(
            name: "Jobs", dependencies: ["HTTP", "Inference", "Settings"], path: "Sources/Worker/Jobs",
            swiftSettings: swift),
        // Linked by the script, since libFuzzer brings the main function.
        .target(name: "Fuzz", dependencies: ["HTTP", "Inference", "Jobs"], path: "Targets", swiftSettings: swift),
    ]
)
