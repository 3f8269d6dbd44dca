/// Which ledger a command works on, by the options that chose it: commands that people are pointed to need them as well.
struct LedgerChoice: Sendable, Equatable {
    private var words: [String] = []

    /// The ledger that is taken where nothing is said.
    init() {}

    init(_ options: BackendOptions) {
        if options.backend.lowercased() != "embedded" { words += ["--backend", options.backend] }
        if let profile = options.profile { words += ["--profile", profile] }
        if let store = options.store.store { words += ["--store", store] }
    }

    /// A command line to type: `herald show 2026… --backend https://…`.
    ///
    /// - Parameter command: The command and its arguments, without `herald`.
    /// - Returns: The line.
    func hint(_ command: String) -> String {
        (["herald", command] + words.map(Self.quoted)).joined(separator: " ")
    }

    /// A word as a shell takes it for one.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.wholeMatch(of: #/[A-Za-z0-9_.,:\/@%+=-]+/#) != nil
        return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
