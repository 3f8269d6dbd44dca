/// What tells of groups what has to be known before something is announced to them.
package protocol GroupDirectory: Sendable {
    /// What is known of groups; one that could not be read, for whatever reason, is missing in it.
    ///
    /// - Throws: ``NoAnswer`` if what is asked does not answer.
    func facts(of groups: [GroupID]) async throws -> [GroupID: TargetFacts]
}
