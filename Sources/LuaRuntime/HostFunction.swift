/// A function of the host that Lua code can call.
///
/// Unless they come as scalars, its arguments are the bytes of a JSON array, empty if there are none; it answers with the
/// bytes of one JSON value, empty for nil. What it throws is raised in Lua, as an error object, after it has returned.
package struct HostFunction: Sendable {
    /// How the function answers.
    package enum Body: Sendable {
        /// At once, on the script's own thread: for what takes microseconds.
        case immediate(@Sendable ([UInt8]) throws(HostError) -> [UInt8])
        /// At once, without arguments and without JSON either way: for what takes nanoseconds.
        case bare(@Sendable () throws(HostError) -> HostScalar)
        /// At once, without JSON either way: for up to four arguments that are no tables.
        case scalars(@Sendable ([HostScalar]) throws(HostError) -> HostScalar)
        /// In its own time, while the script's coroutine waits and no thread is blocked.
        case waiting(@Sendable ([UInt8]) async throws(HostError) -> [UInt8])
        /// With nothing, once so much time has passed, while the script's coroutine waits: thousands of them cost little. If it
        /// is none, at once.
        case resting(@Sendable ([UInt8]) throws(HostError) -> Duration)
    }

    /// Its name in the table `host` of the trusted prelude: `csv.open`.
    package var name: String
    package var body: Body

    package init(name: String, body: Body) {
        self.name = name
        self.body = body
    }
}

/// What a host function raises in Lua: a table with these fields, and the script's place.
package struct HostError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What scripts branch on.
    package var code: String
    /// For people; without secrets or bodies.
    package var message: String
    /// The HTTP status, if the error came over the wire.
    package var status: Int?
    /// The id under which a service logged the request.
    package var requestID: String?
    /// Whether the same call may succeed later.
    package var isRetryable: Bool
    /// The limit that was passed; then nothing is raised, but the script ends.
    package private(set) var limit: LuaError.Kind?

    package init(
        code: String,
        message: String,
        status: Int? = nil,
        requestID: String? = nil,
        isRetryable: Bool = false
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.requestID = requestID
        self.isRetryable = isRetryable
    }

    /// Ends the script, whatever it catches.
    package static func limit(_ kind: LuaError.Kind) -> HostError {
        var error = HostError(code: "limit", message: "a limit ended the script")
        error.limit = kind
        return error
    }

    package var description: String { message }
}
