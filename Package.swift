// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: warnings are errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// Adapters run on the main queue; the policy stays nonisolated.
let onMainActor: [SwiftSetting] = strict + [.defaultIsolation(MainActor.self)]

let collections = Target.Dependency.product(name: "HeapModule", package: "swift-collections")

let package = Package(
    name: "importwatchd",
    products: [
        .executable(name: "importwatchd", targets: ["importwatchd"]),
        .executable(name: "importwatchctl", targets: ["importwatchctl"]),
        .executable(name: "ses-simulator", targets: ["SESSimulator"]),
        // Preloaded into a daemon by a test.
        .library(name: "FaultPoints", type: .dynamic, targets: ["FaultPoints"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // C libraries, each imported by one adapter.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
        .systemLibrary(name: "CTOMLPlusPlus", providers: [.apt(["libtomlplusplus-dev"])]),
        .target(name: "CurlShim", dependencies: ["CCurl"]),
        .target(name: "TOMLShim", dependencies: ["CTOMLPlusPlus"]),
        .target(name: "ArgumentsShim"),
        .target(name: "SpawnShim"),

        // The policy: values that decide, without input or output.
        .target(
            name: "ImportWatch",
            dependencies: [collections],
            swiftSettings: strict,
            linkerSettings: [.linkedLibrary("m")]
        ),

        // Bytes to values and back.
        .target(name: "JSON", dependencies: ["CJansson"], swiftSettings: strict),
        .target(name: "Crypto", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "AWS", dependencies: ["ImportWatch", "JSON", "Crypto"], swiftSettings: strict),
        .target(
            name: "WatchConfiguration",
            dependencies: ["ImportWatch", "TOMLShim", "Webhook"],
            swiftSettings: strict
        ),

        // Adapters: what touches sockets, files, the journal and the disk.
        .target(
            name: "Platform",
            dependencies: ["ImportWatch", "ArgumentsShim", "SpawnShim"],
            swiftSettings: strict
        ),
        .target(
            name: "CurlTransport",
            dependencies: ["ImportWatch", "CCurl", "CurlShim"],
            swiftSettings: onMainActor
        ),
        .target(name: "SQLiteStore", dependencies: ["ImportWatch", "Platform", "CSQLite"], swiftSettings: strict),
        .target(name: "Webhook", dependencies: ["ImportWatch", "JSON", "Crypto"], swiftSettings: strict),
        .target(name: "Systemd", dependencies: ["ImportWatch", "CSystemd"], swiftSettings: strict),
        .target(name: "Control", dependencies: ["ImportWatch", "JSON", "Platform"], swiftSettings: strict),

        // The composition root and the programs.
        .target(
            name: "ImportWatchDaemon",
            dependencies: [
                "ImportWatch", "AWS", "Control", "Crypto", "CurlTransport", "Platform", "SQLiteStore", "Systemd",
                "WatchConfiguration", "Webhook",
            ],
            swiftSettings: onMainActor
        ),
        .executableTarget(
            name: "importwatchd",
            dependencies: ["ImportWatchDaemon", "Platform"],
            swiftSettings: onMainActor
        ),
        .executableTarget(
            name: "importwatchctl",
            dependencies: [
                "AWS", "Control", "Crypto", "CurlTransport", "ImportWatch", "ImportWatchDaemon", "JSON", "Platform",
                "SQLiteStore", "WatchConfiguration", "Webhook",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // Single steps of the daemon's work, whose instructions are counted.
        .executableTarget(
            name: "InstructionCounts",
            dependencies: ["AWS", "Crypto", "ImportWatch", "SQLiteStore"],
            path: "Tests/Benchmarks/InstructionCounts",
            swiftSettings: strict
        ),

        // Tests mirror the targets; what they share, and the service that they ask.
        .target(name: "FaultPoints", path: "Tests/FaultPoints"),
        .target(
            name: "TestSupport",
            dependencies: ["ImportWatch", "JSON"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "SESSimulator",
            dependencies: [
                "AWS", "Crypto", "ImportWatch", "JSON", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/SESSimulator",
            swiftSettings: strict
        ),
        .testTarget(name: "ImportWatchTests", dependencies: ["ImportWatch", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "CryptoTests", dependencies: ["Crypto"], swiftSettings: strict),
        .testTarget(
            name: "AWSTests",
            dependencies: [
                "AWS", "Crypto", "CurlTransport", "ImportWatch", "JSON", "Platform", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WatchConfigurationTests",
            dependencies: ["Crypto", "ImportWatch", "Platform", "TestSupport", "WatchConfiguration", "Webhook"],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CurlTransportTests",
            dependencies: ["CurlTransport", "ImportWatch", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: ["ImportWatch", "SQLiteStore", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WebhookTests",
            dependencies: ["ImportWatch", "JSON", "TestSupport", "Webhook"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SystemdTests",
            dependencies: ["ImportWatch", "Systemd", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ControlTests",
            dependencies: ["Control", "ImportWatch", "JSON", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ImportWatchCtlTests",
            dependencies: ["Control", "ImportWatch", "importwatchctl", "JSON", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PlatformTests",
            dependencies: ["ImportWatch", "Platform", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "SESSimulatorTests", dependencies: ["JSON", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ImportWatchDaemonTests",
            dependencies: [
                "AWS", "Control", "ImportWatch", "ImportWatchDaemon", "JSON", "Platform", "TestSupport", "Webhook",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GoldenTests",
            dependencies: ["ImportWatch", "TestSupport"],
            exclude: ["Golden"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
