import CEdit
import Foundation
import Synchronization

/// Lines that somebody types on the process's terminal, with keys for editing, a history, and Tab to complete names.
///
/// Unchecked, because libedit is used by one line at a time: who reads a line awaits it before the next.
@safe final class LineEditor: @unchecked Sendable {
    /// What somebody has typed.
    enum Line: Sendable, Equatable {
        case text(String)
        /// Ctrl-C: the line is dropped.
        case dropped
        /// Ctrl-D on an empty line, or the terminal is gone.
        case end
    }

    private var editor: OpaquePointer?
    private let history: OpaquePointer?
    private let historyPath: String?
    private let names = Mutex<[String]>([])
    private var prompt: UnsafeMutablePointer<CChar>?
    private var isDropped = false

    /// How many lines the history keeps.
    private static let historySize: Int32 = 1000

    /// Opens the terminal for editing; it is as it was between the lines.
    ///
    /// - Parameter historyPath: The file of the history; nil for none.
    init(historyPath: String?) {
        self.historyPath = historyPath
        unsafe history = unsafe history_init()
        let client = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe editor = unsafe edit_open(
            client,
            { editor in unsafe LineEditor.client(of: editor)?.prompt },
            { editor, _ in unsafe LineEditor.client(of: editor)?.complete() ?? UInt8(CC_ERROR) },
            { editor, _ in unsafe LineEditor.client(of: editor)?.drop() ?? UInt8(CC_ERROR) }
        )
        unsafe edit_use_history(editor, history, Self.historySize)
        if let historyPath { _ = unsafe edit_load_history(history, historyPath) }
    }

    deinit {
        unsafe el_end(editor)
        unsafe history_end(history)
        unsafe free(prompt)
    }

    /// Reads a line.
    func line(prompt: String) async -> Line {
        await LineSource.onThread { [self] in read(prompt) }
    }

    /// Adds a line to the history, and writes that to its file, which only its owner can read.
    func remember(_ line: String) {
        unsafe edit_add_history(history, line)
        if let historyPath { _ = unsafe edit_save_history(history, historyPath) }
    }

    /// Sets what Tab completes: names such as `graph` and `graph.groups`.
    func complete(from names: [String]) {
        self.names.withLock { $0 = names.sorted() }
    }

    private func read(_ prompt: String) -> Line {
        unsafe free(self.prompt)
        unsafe self.prompt = unsafe strdup(prompt)
        isDropped = false
        var count: Int32 = 0
        guard let bytes = unsafe edit_line(editor, &count), count > 0 else { return isDropped ? .dropped : .end }
        var text = unsafe String(cString: bytes)
        if isDropped { return .dropped }
        if text.last?.isNewline == true { text.removeLast() }
        return .text(text)
    }

    // MARK: Keys

    private static func client(of editor: OpaquePointer?) -> LineEditor? {
        guard let data = unsafe edit_data(editor) else { return nil }
        return unsafe Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue()
    }

    private func drop() -> UInt8 {
        isDropped = true
        Self.put("^C\n")
        return UInt8(CC_NEWLINE)
    }

    private func complete() -> UInt8 {
        let line = unsafe el_line(editor).pointee
        let before = unsafe UnsafeRawBufferPointer(start: line.buffer, count: line.cursor - line.buffer)
        let word = String(
            unsafe String(decoding: before, as: UTF8.self).reversed().prefix { $0.isPartOfName }.reversed()
        )
        let found = Self.completions(of: word, among: names.withLock { $0 })
        let common = found.dropFirst().reduce(found.first ?? "") { $0.commonPrefix(with: $1) }
        if common.count > word.count {
            _ = unsafe el_insertstr(editor, String(common.dropFirst(word.count)))
            return UInt8(CC_REFRESH)
        }
        guard found.count > 1 else { return UInt8(found.isEmpty ? CC_ERROR : CC_NORM) }
        Self.put("\n" + found.prefix(100).joined(separator: "  ") + (found.count > 100 ? "  …" : "") + "\n")
        return UInt8(CC_REDISPLAY)
    }

    /// The names that begin with a word, no deeper than it goes.
    static func completions(of word: String, among names: [String]) -> [String] {
        let depth = word.count { $0 == "." }
        return names.filter { $0.hasPrefix(word) && $0.count { $0 == "." } == depth }
    }

    private static func put(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}

extension Character {
    fileprivate var isPartOfName: Bool {
        isASCII && (isLetter || isNumber || self == "_" || self == ".")
    }
}
