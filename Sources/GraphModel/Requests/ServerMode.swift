/// How closely a server keeps to what Microsoft Graph does on the conversation surface (reference, section 20).
package enum ServerMode: String, Sendable, CaseIterable {
    /// More than Graph offers, where documents are silent or Graph stops short.
    case lenient
    /// What Graph does, its limits included.
    case strict

    /// The header that tells a client which mode answered.
    package static let header = "x-server-mode"
}
