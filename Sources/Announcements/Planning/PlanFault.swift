/// Why a plan cannot be read, or not be carried out: sentences for a person.
package struct PlanFault: Error, Sendable, CustomStringConvertible {
    package var message: String
    /// The run that has carried the plan out already, if that is why.
    package var appliedBy: String?

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
