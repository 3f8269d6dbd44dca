import Foundation
import Synchronization
import Testing

@testable import LuaRuntime

/// Floats as JSON writes and reads them, beside Swift's own conversions, which are exact.
@Suite struct NumberTextTests {
    /// The numbers to try, and what became of them.
    private final class Feed: Sendable {
        struct State {
            var numbers: [Double]
            var at = 0
            var problems: [String] = []
        }

        let state: Mutex<State>

        init(_ numbers: [Double]) { state = Mutex(State(numbers: numbers)) }

        func take() -> HostScalar {
            state.withLock { state in
                guard state.at < state.numbers.count, state.problems.count < 10 else { return .nothing }
                return .number(state.numbers[state.at])
            }
        }

        func judge(text: HostScalar, again: HostScalar) {
            state.withLock { state in
                let number = state.numbers[state.at]
                state.at += 1
                guard case .text(let text) = text, case .number(let again) = again else {
                    state.problems.append("\(number) gave \(text), \(again)")
                    return
                }
                let isSame = Double(text)?.bitPattern == number.bitPattern && again.bitPattern == number.bitPattern
                // The C library is asked for the rest, with 15 digits or more.
                let isExact = number == 0 || (1e-11..<0x1p53).contains(number.magnitude)
                if !isSame || (isExact && Self.digits(text) != Self.digits(number.description)) {
                    state.problems.append("\(number) became \(text), and that \(again)")
                }
            }
        }

        /// The significant digits.
        private static func digits(_ text: String) -> String {
            let digits = text.prefix { $0 != "e" && $0 != "E" }.filter(\.isNumber).drop { $0 == "0" }
            return String(digits.reversed().drop { $0 == "0" }.reversed())
        }
    }

    private static func problems(_ numbers: [Double]) async throws -> [String] {
        let feed = Feed(numbers)
        let vm = try await ScriptVM(
            limits: ScriptLimits(),
            functions: [
                HostFunction(name: "take", body: .bare { () throws(HostError) in feed.take() }),
                HostFunction(
                    name: "judge",
                    body: .scalars { values throws(HostError) in
                        feed.judge(text: values[0], again: values[1])
                        return .nothing
                    }
                ),
            ],
            prelude: [
                LuaChunk(
                    name: "=[herald]",
                    source: Array(
                        """
                        local host, globals, internal = ...
                        for number in host.take do
                          local text = internal.encode(number)
                          host.judge(text, internal.decode(text))
                        end
                        """.utf8
                    )
                )
            ]
        )
        withExtendedLifetime(vm) {}
        return feed.state.withLock { $0.problems + ($0.at < numbers.count ? ["only \($0.at) were tried"] : []) }
    }

    @Test func `floats are written with the fewest digits that read back`() async throws {
        var random = SeededRandom(seed: 11)
        let numbers = (0..<20_000).map { index -> Double in
            switch index % 5 {
            case 0: Double(bitPattern: random.next())
            case 1: Double(sign: .plus, exponent: -Int(random.next() % 100), significand: Double(random.next() >> 11))
            case 2: Double(Int64(bitPattern: random.next() % 2_000_000)) / 1000
            case 3: -Double(random.next() % 1_000_000_000) / 65536
            default: Double(random.next()) / 1e15
            }
        }
        #expect(try await Self.problems(numbers.filter(\.isFinite)) == [])
    }

    @Test func `powers of two, whose neighbours lie unevenly, are no exception`() async throws {
        let powers = (-1074...1023).map { Double(sign: .plus, exponent: $0, significand: 1) }
        #expect(try await Self.problems(powers.flatMap { [$0.nextDown, $0, $0.nextUp] }.filter(\.isNormal)) == [])
    }

    @Test func `zeros, and the ends of what is exact in integers, are right`() async throws {
        let edges: [Double] = [
            0, -0.0, 1, 10, 1e14, 1e15, 123_456_789_012_345, 1_234_567_890_123_456, 9_007_199_254_740_991,
            9_007_199_254_740_992, 1e16, 1e22, 1e23, 1e-4, 1e-5, 9.5e-5, 1e-11, 4.5e-12, 1e-12, .leastNonzeroMagnitude,
            .greatestFiniteMagnitude, .leastNormalMagnitude, 0.1, 0.3, 1 / 3,
        ]
        #expect(try await Self.problems(edges + edges.map { -$0 }) == [])
    }

    @Test(
        "a number reads as the nearest float",
        arguments: [
            "9007199254740993.0", "9007199254740992.5", "0.1000000000000000055511151231257827", "1e-27", "1e27",
            "1234567890123456789.0", "12345678901234567890.0", "18446744073709551615.0", "18446744073709551615e-27",
            "0.000000000000000000000000000000001e33", "1.00000000000000011102230246251565404", "0.0e5", "-0.0", "1E+2",
            "1.7976931348623157e308", "4.9e-324", "2.5e-324", "1e-400", "3e-00000000000000000000000000000001",
        ]
    )
    func reads(text: String) async throws {
        let emitted = try await Sandbox().run("emit(string.format('%a', json.decode('\(text)')))")
        let expected = try await Sandbox().run("emit(string.format('%a', \(text)))")
        #expect(emitted == expected)
    }
}
