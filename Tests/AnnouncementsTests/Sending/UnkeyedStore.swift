import EmbeddedGraph
import GraphModel
import Synchronization

/// The real store as a service that keeps no keys, over a line that loses requests and answers.
final class UnkeyedStore: GraphService {
    private let store: EmbeddedGraph
    private let state: Mutex<State>

    private struct State {
        var random: SeededRandom
        var lossesBefore: Int
        var lossesAfter: Int
        var posts = 0
    }

    /// A service over a store.
    ///
    /// - Parameters:
    ///   - store: What carries requests out.
    ///   - seed: Where chance begins.
    ///   - before: How many writes in a hundred are lost before they are done.
    ///   - after: How many writes in a hundred are done, and their answers lost.
    init(_ store: EmbeddedGraph, seed: UInt64 = 1, before: Int = 0, after: Int = 0) {
        self.store = store
        state = Mutex(State(random: SeededRandom(seed: seed), lossesBefore: before, lossesAfter: after))
    }

    /// How many POST requests came through.
    var posts: Int { state.withLock(\.posts) }

    /// Changes how much is lost.
    func lose(before: Int, after: Int) {
        state.withLock { state in
            state.lossesBefore = before
            state.lossesAfter = after
        }
    }

    func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard request.method == .post else { return try await store.respond(to: request) }
        let (before, after) = state.withLock { state in
            let before = state.random.chance(state.lossesBefore)
            if !before { state.posts += 1 }
            return (before, state.random.chance(state.lossesAfter))
        }
        if before { throw NoAnswer(.unknown, "The connection was cut.") }
        var request = request
        request.key = nil
        let response = try await store.respond(to: request)
        if after { throw NoAnswer(.unknown, "The connection was cut.") }
        return response
    }
}
