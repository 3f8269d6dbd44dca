import Foundation
import Processes
import Testing

/// The real server as a process of its own, which writes its log to a file.
struct ServerUnderTest {
    static let token = "proof-token-0123456789abcdef"

    /// Scheme and authority.
    let address: String
    private let process: ChildProcess

    /// Starts a server and waits until it says where it is.
    ///
    /// - Parameters:
    ///   - options: How it behaves.
    ///   - folder: Where it runs; `state` in it is its home.
    ///   - log: The file, in the folder, to which its log goes.
    /// - Throws: What keeps it from starting.
    init(_ options: [String], folder: String, log: String) async throws {
        let path = folder + "/" + log
        try Data().write(to: URL(filePath: path))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        let process = try ChildProcess(
            Executables.path("herald-server"),
            ["--listen", "127.0.0.1:0", "--log-format", "json"] + options,
            folder: folder,
            environment: [
                "HERALD_HOME": folder + "/state", "HERALD_USER": "Adele Vance", "HERALD_TOKEN": Self.token,
                "SWIFT_BACKTRACE": "enable=no",
            ],
            output: file,
            error: file
        )
        self.process = process
        let clock = ContinuousClock()
        let start = clock.now
        while true {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            if let match = text.firstMatch(of: #/http://127\.0\.0\.1:[1-9][0-9]*/#) {
                address = String(match.output)
                return
            }
            try #require(clock.now - start < .seconds(60), "the server does not start: \(text)")
            await Task.yield()
        }
    }

    /// Ends it well.
    func stop() async {
        process.send(SIGTERM)
        _ = await process.ending()
    }
}

/// A line of the server's log.
struct LoggedRequest: Decodable {
    var time: String
    var method: String?
    var path: String?
    var status: String?
    var ms: String?
    var retryAfter: String?

    enum CodingKeys: String, CodingKey {
        case time, method, path, status, ms
        case retryAfter = "retry-after"
    }

    /// When it came and when it was answered, in seconds since 1970.
    var span: (start: Double, end: Double)? {
        guard let ms = ms.flatMap({ Double($0) }),
            let date = try? Date(time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        else { return nil }
        return (date.timeIntervalSince1970 - ms / 1000, date.timeIntervalSince1970)
    }

    /// The requests in a log, in the order in which they were answered.
    static func read(_ path: String) throws -> [LoggedRequest] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(LoggedRequest.self, from: Data(line.utf8))
        }
    }

    /// Repeats that came before the time that `Retry-After` had given the same request.
    ///
    /// - Parameters:
    ///   - requests: What the server logged.
    ///   - deaths: When clients were killed, in seconds since 1970: the next one cannot know what the last was told.
    /// - Returns: A line for each.
    static func earlyReturns(in requests: [LoggedRequest], deaths: [Double]) -> [String] {
        // A line is written, and its time taken, a moment after the answer.
        let tolerance = 0.02
        var allowed: [String: (told: Double, time: Double)] = [:]
        var early: [String] = []
        for request in requests {
            guard let method = request.method, let path = request.path, let span = request.span else { continue }
            // Lists of groups that differ in what they ask for are under way at once, and the log leaves the query out.
            if path.hasSuffix("/groups") { continue }
            let name = method + " " + path
            if let (told, time) = allowed[name], span.start < time - tolerance,
                !deaths.contains(where: { $0 > told - 1 && $0 < span.start })
            {
                early.append("\(name) came \(Int((time - span.start) * 1000)) ms too early")
            }
            allowed[name] = request.retryAfter.flatMap { Double($0) }.map { (span.end, span.end + $0) }
        }
        return early
    }
}
