import ArgumentParser
import GraphModel
import GraphServer
import Testing

@testable import ServerCommands

struct SimulationOptionsTests {
    private struct Nothing: GraphService {
        func respond(to request: GraphRequest) async throws -> GraphResponse { GraphResponse(status: 204) }
    }

    @Test func `the seed in use is said at start, so that a session can be repeated`() throws {
        var said: [String] = []
        let chosen = try SimulationOptions.parse(["--faults", "throttle=5%"])
        _ = chosen.wrap(Nothing()) { said.append($0) }
        #expect(said.count == 1)
        #expect(said.first?.contains(/--seed [0-9]+/) == true)
        said = []
        let given = try SimulationOptions.parse(["--faults", "throttle=5%", "--seed", "7", "--throttle", "graph"])
        _ = given.wrap(Nothing()) { said.append($0) }
        #expect(said.first?.contains("--seed 7 ") == true)
        #expect(said.count == 2)
    }

    @Test func `without an option the service is as it was`() throws {
        let wrapped = try SimulationOptions.parse([]).wrap(Nothing()) { _ in }
        #expect(wrapped is Nothing)
    }

    @Test func `a specification that cannot be read is refused with its place`() {
        let error = #expect(throws: (any Error).self) {
            try SimulationOptions.parse(["--faults", "reset=1%,throttle=5"])
        }
        let message = error.map { SimulationOptions.message(for: $0) } ?? ""
        #expect(message.contains("character 19"))
        #expect(message.contains("percentage"))
    }

    @Test func `a seed alone is refused`() {
        #expect(throws: (any Error).self) { try SimulationOptions.parse(["--seed", "7"]) }
    }
}
