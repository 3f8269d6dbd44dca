/// What has to hold when a write leaves this process, however long it has waited in queues on its way out.
package enum SendPermit {
    /// Asked right before the request is put on the wire, each time that it is; throws if it must not be.
    ///
    /// Whoever sends a write sets it for the task in which the write is answered.
    @TaskLocal package static var check: (@Sendable () async throws -> Void)?
}
