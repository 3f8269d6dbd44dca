/// Where a server listens.
package enum ServerAddress: Sendable, Equatable {
    /// A host and a port; port 0 lets the system choose one.
    case tcp(host: String, port: Int)
    /// A socket file.
    case unix(path: String)
}
