// swift-tools-version: 6.2

import PackageDescription

/// One set of compiler settings for every Swift target: the language's upcoming rules, memory safety that names each
/// unsafe use, and no warning left standing.
let strict: [SwiftSetting] =
    [
        "ExistentialAny", "ImmutableWeakCaptures", "InferIsolatedConformances", "InternalImportsByDefault",
        "MemberImportVisibility", "NonisolatedNonsendingByDefault",
    ].map { .enableUpcomingFeature($0) } + [.strictMemorySafety(), .treatAllWarnings(as: .error)]

let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

let package = Package(
    name: "herald",
    products: [
        .executable(name: "herald", targets: ["herald"]),
        .executable(name: "herald-server", targets: ["herald-server"]),
        .executable(name: "pacing-simulator", targets: ["pacing-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        // For herald-server alone; nothing that herald is made of may depend on these.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.1.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        // C: the system's libraries as they are, and the little that Swift cannot express.
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(
            name: "CCmarkGFM",
            pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]
        ),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "CJSON", cSettings: strictC),
        .target(name: "CProcess", cSettings: strictC),
        // It calls into Lua's library all the time: at once, and not by way of a table of jumps.
        .target(
            name: "CLuaShim",
            dependencies: ["CLua", "CJSON"],
            cSettings: strictC + [.unsafeFlags(["-fno-plt"])]
        ),

        .target(name: "Files", swiftSettings: strict),
        .target(
            name: "Storage",
            dependencies: [
                "Files",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .target(name: "Processes", dependencies: ["CProcess"], swiftSettings: strict),
        .target(name: "GraphModel", dependencies: ["CJSON", "CCrypto"], swiftSettings: strict),
        .target(
            name: "EmbeddedGraph",
            dependencies: ["GraphModel", "Storage", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .target(
            name: "Announcements",
            dependencies: ["GraphModel", "Storage", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .target(
            name: "GraphClient",
            dependencies: [
                "GraphModel", "Processes", "Files", "CCrypto",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
            ],
            swiftSettings: strict
        ),
        .target(name: "LuaRuntime", dependencies: ["CLuaShim"], swiftSettings: strict),
        .target(name: "LuaSyntax", swiftSettings: strict),
        .target(
            name: "ScriptHost",
            dependencies: [
                "LuaRuntime", "LuaSyntax", "Announcements", "GraphModel", "CCmarkGFM",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "HeraldCommands",
            dependencies: [
                "ScriptHost", "EmbeddedGraph", "GraphClient", "Announcements", "LuaRuntime", "GraphModel", "Storage",
                "Processes", "Files", "CEdit", "CQREncode",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "herald",
            dependencies: [
                "HeraldCommands", "Processes", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GraphServer",
            dependencies: [
                "GraphModel", "Files",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ServerCommands",
            dependencies: [
                "GraphServer", "GraphModel", "EmbeddedGraph", "Storage", "CCrypto",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(name: "herald-server", dependencies: ["ServerCommands"], swiftSettings: strict),

        // Shows how the pacing behaves under Graph's limits (scripts/simulate); nothing that is shipped depends on it.
        .target(
            name: "PacingSimulation",
            dependencies: [
                "GraphClient", "GraphModel", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "pacing-simulator",
            dependencies: [
                "PacingSimulation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // A server with its own authority, which the tests sign in at.
        .target(
            name: "ServerStage",
            dependencies: [
                "GraphServer", "EmbeddedGraph", "GraphModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/ServerStage",
            swiftSettings: strict
        ),
        // The stock library, which the tests hold the replaced functions against.
        .target(name: "CStockLua", dependencies: ["CLua"], path: "Tests/CStockLua", cSettings: strictC),
        .testTarget(
            name: "LuaRuntimeTests",
            dependencies: ["LuaRuntime", "CStockLua"],
            exclude: ["Differential", "Hostile"],  // scripts, which the tests read where they lie
            swiftSettings: strict
        ),
        .testTarget(name: "LuaSyntaxTests", dependencies: ["LuaSyntax", "LuaRuntime"], swiftSettings: strict),
        .testTarget(name: "GraphModelTests", dependencies: ["GraphModel"], swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Storage", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EmbeddedGraphTests",
            dependencies: ["EmbeddedGraph", "GraphModel", "Storage", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GraphClientTests",
            dependencies: [
                "GraphClient", "GraphModel", "GraphServer", "EmbeddedGraph", "ServerStage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PacingSimulationTests",
            dependencies: [
                "PacingSimulation", "GraphClient", "GraphModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AnnouncementsTests",
            dependencies: [
                "Announcements", "EmbeddedGraph", "GraphClient", "GraphModel", "Storage",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ScriptHostTests",
            dependencies: [
                "ScriptHost", "EmbeddedGraph", "Announcements", "GraphModel", "LuaRuntime",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HeraldCommandsTests",
            dependencies: [
                "HeraldCommands", "herald", "herald-server", "ScriptHost", "EmbeddedGraph", "GraphModel", "Storage",
                "GraphClient", "ServerStage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GraphServerTests",
            dependencies: [
                "GraphServer", "EmbeddedGraph", "GraphClient", "GraphModel", "Processes", "Storage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ServerCommandsTests",
            dependencies: [
                "ServerCommands", "GraphServer", "GraphModel", "Processes", "herald-server",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
