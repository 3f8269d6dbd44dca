/// A service that keeps no keys, but whose objects carry the mark of the write that made them: it can be asked whether a
/// write was done to which no answer came.
package protocol ReconcilingService: GraphService {
    /// How long what was written may stay invisible to readers, in microseconds.
    var readLag: Int64 { get }

    /// Whether what a write makes carries a mark; nobody can look for what does not.
    func leavesMark(_ request: GraphRequest) -> Bool

    /// Looks for what a write has made.
    ///
    /// - Parameters:
    ///   - key: The write's key.
    ///   - request: The write, as it was asked for.
    ///   - since: When the write may have been done first, in microseconds since 1970.
    /// - Returns: What there is.
    /// - Throws: ``NoAnswer`` if it could not be looked everywhere.
    func find(_ key: IdempotencyKey, for request: GraphRequest, since: Int64) async throws -> Whereabouts
}

/// What a look for a write's mark has found.
package struct Whereabouts: Sendable, Equatable {
    /// How many objects carry the mark; more than one if the write was done more than once.
    package var copies: Int
    /// An answer that tells what the write's own would have told; nil if nothing was found.
    package var answer: GraphResponse?

    package init(copies: Int, answer: GraphResponse?) {
        self.copies = copies
        self.answer = answer
    }

    /// Nothing carries the mark, as far as can be seen.
    package static let nowhere = Whereabouts(copies: 0, answer: nil)
}
