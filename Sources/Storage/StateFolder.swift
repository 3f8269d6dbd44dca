/// Where Herald keeps its files if nobody says otherwise.
package enum StateFolder {
    /// `$HERALD_HOME`, else `$XDG_STATE_HOME/herald`, else `~/.local/state/herald` (XDG Base Directory Specification 0.8).
    ///
    /// - Parameters:
    ///   - variables: The environment variables; those that are empty count as not set.
    ///   - folder: Where a relative `HERALD_HOME` begins.
    /// - Returns: The folder; nil if none of the variables says where it is.
    package static func path(variables: [String: String], folder: String) -> String? {
        func variable(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let home = variable("HERALD_HOME") {
            if home.hasPrefix("~/"), let user = variable("HOME") { return user + home.dropFirst(1) }
            return home.hasPrefix("/") ? home : folder + "/" + home
        }
        // The specification has relative paths ignored.
        if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/herald" }
        return variable("HOME").map { $0 + "/.local/state/herald" }
    }

    /// The name of the embedded store's operator: `$HERALD_USER`, else the login name.
    package static func operatorName(variables: [String: String]) -> String {
        ["HERALD_USER", "LOGNAME", "USER"].lazy.compactMap { variables[$0] }.first { !$0.isEmpty } ?? "operator"
    }
}
