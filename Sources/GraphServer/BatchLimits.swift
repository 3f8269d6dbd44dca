/// How long a batch may take (reference, section 12).
package struct BatchLimits: Sendable, Equatable {
    /// How long one item may take before it is answered with 504.
    package var item = Duration.seconds(30)
    /// How long all of them together may take before what is left is answered with 504.
    package var whole = Duration.seconds(120)

    package init() {}
}
