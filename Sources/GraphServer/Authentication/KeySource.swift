import GraphModel
package import Logging

/// Where public keys come from: read when they are first needed, and again when a token names one that is not known.
package actor KeySource {
    /// How soon a set may be read again because of an unknown key, in microseconds: five minutes.
    ///
    /// Anybody can send tokens with invented key ids; they must not make the server ask somebody else each time.
    static let refreshInterval: Int64 = 300_000_000
    /// After what time a set is read again though nobody missed a key, in microseconds: a day.
    static let lifetime: Int64 = 86_400_000_000

    private let read: @Sendable () async throws -> [UInt8]
    private let place: String
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private var keys: KeySet?
    private var lastRead: Int64?
    private var reading: Task<KeySet, any Error>?

    /// Makes a source that has read nothing yet.
    ///
    /// - Parameters:
    ///   - place: What `read` reads, for messages.
    ///   - logger: Hears of a set that could not be read.
    ///   - now: Microseconds since 1970.
    ///   - read: Gives the bytes of a JSON Web Key Set.
    package init(
        place: String,
        logger: Logger,
        now: @escaping @Sendable () -> Int64,
        read: @escaping @Sendable () async throws -> [UInt8]
    ) {
        self.place = place
        self.logger = logger
        self.now = now
        self.read = read
    }

    /// Reads the keys, so that a place without any is found before the first request.
    ///
    /// - Throws: What was wrong with the place or the set.
    package func load() async throws {
        keys = try await refreshed()
    }

    /// The key with an id; nil if the set has none.
    ///
    /// - Throws: ``GraphError`` 503 if the set was never read.
    func key(_ id: String) async throws(GraphError) -> VerificationKey? {
        let age = lastRead.map { now() - $0 } ?? .max
        if let key = keys?[id], age < Self.lifetime { return key }
        if age >= Self.refreshInterval || reading != nil {
            do {
                keys = try await refreshed()
            } catch {
                logger.error("the keys at \(place) cannot be read: \(error)")
            }
        }
        guard let keys else {
            throw GraphError(
                503,
                .unavailable,
                "The keys that tokens are checked with cannot be read. Try again later."
            )
        }
        return keys[id]
    }

    /// One reading serves everybody who waits for it.
    private func refreshed() async throws -> KeySet {
        if let reading { return try await reading.value }
        lastRead = now()
        let read = read
        let task = Task { try await KeySet(read()) }
        reading = task
        defer { reading = nil }
        return try await task.value
    }
}
