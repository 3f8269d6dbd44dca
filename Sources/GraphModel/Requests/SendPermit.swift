/// What has to hold when a write leaves this process, however long it has waited in queues on its way out.
package struct SendPermit: Sendable {
    /// Throws if the write must not leave.
    private let rule: @Sendable () async throws -> Void

    /// A permit that lasts as long as the rule holds.
    package init(_ rule: @escaping @Sendable () async throws -> Void) {
        self.rule = rule
    }

    /// The permit of the write that the current task has answered; none if whatever is sent may leave.
    ///
    /// Whoever sends a write sets it for the task in which the write is answered. (A closure as the task's own value
    /// would do; the optimizer of Swift 6.3 makes it crash.)
    @TaskLocal package static var current: SendPermit?

    /// Asked right before a request is put on the wire, each time that it is.
    ///
    /// - Throws: Why it must not be.
    package func check() async throws { try await rule() }
}
