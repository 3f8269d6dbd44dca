import CStockLua
import Foundation
import Testing

@testable import LuaRuntime

/// The functions of `string` and `table` that the sandbox replaces, held against the stock ones: the same generated calls
/// give the same results, the same errors, and leave the same tables behind.
///
/// What differs by intent is not generated:
/// - the functions of `table` look at tables raw, without metamethods, and at tables alone;
/// - `table.move` refuses more than 10,000,000 elements;
/// - `string.rep` refuses what would not fit into the memory limit, where stock Lua allows 2 GiB;
/// - `string.format` has no `%p`, and its `%s` shows no address.
@Suite struct ReplacedFunctionsTests {
    /// How many cases each generator makes of each seed; HERALD_FUZZ_CASES chooses another number.
    private static let cases =
        ProcessInfo.processInfo.environment["HERALD_FUZZ_CASES"].flatMap { Int($0) }.map { max(1, $0) } ?? 1500
    private static let name = "generated.lua"

    /// The text of a generator, with what all share before it.
    private static func generator(_ name: String, seed: Int, cases: Int) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Differential")
        let texts = try ["common", name].map {
            try String(contentsOf: folder.appending(path: "\($0).lua"), encoding: .utf8)
        }
        return "SEED, CASES = \(seed), \(cases)\n" + texts.joined(separator: "\n")
    }

    private struct StockFailure: Error {
        var message: String
    }

    private static func stockOutput(_ source: String) throws -> String {
        var size = 0
        var failed: Int32 = 0
        let text = Array(source.utf8)
        let bytes = unsafe stock_lua_run("@" + name, text, text.count, &size, &failed)
        defer { unsafe free(bytes) }
        let output = unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: size), as: UTF8.self)
        guard failed == 0 else { throw StockFailure(message: output) }
        return output
    }

    @Test(
        "generated calls do what they do in stock Lua",
        arguments: ["patterns", "strings", "tables"],
        [1, 2, 3]
    )
    func sameAsStock(generator: String, seed: Int) async throws {
        // Portions, so that a long run needs no more memory than a short one.
        for portion in stride(from: 0, to: Self.cases, by: 20_000) {
            let source = try Self.generator(
                generator,
                seed: seed + 1000 * portion,
                cases: min(20_000, Self.cases - portion)
            )
            let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(20) }
            let output = try await sandbox.run(source, name: Self.name)
                .map { try JSONDecoder().decode([String].self, from: Data($0.utf8))[0] }.joined()
            let stock = try Self.stockOutput(source)
            #expect(stock.utf8.count > 1000)
            if output != stock { Issue.record("\(Self.differences(output, stock))") }
        }
    }

    /// The first few lines that differ, and how many do.
    private static func differences(_ output: String, _ stock: String) -> String {
        let pairs = zip(output.split(separator: "\n"), stock.split(separator: "\n")).filter { $0 != $1 }
        let shown = pairs.prefix(5).map { "\($0)\n  stock: \($1)" }.joined(separator: "\n")
        return "\(pairs.count) results differ, such as\n\(shown)"
    }
}
