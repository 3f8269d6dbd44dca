import Foundation
import Synchronization

/// What the server counts, and tells in Prometheus's text format (version 0.0.4).
final class ServerMetrics: Sendable {
    private struct Request: Hashable, Comparable {
        var method: String
        var route: String
        var status: Int

        static func < (a: Request, b: Request) -> Bool {
            (a.route, a.method, a.status) < (b.route, b.method, b.status)
        }
    }

    private struct State {
        var requests: [Request: Int] = [:]
        /// How many took at most as long as the bound of the same position; the last has no bound.
        var latency = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
        var seconds = 0.0
        var inFlight = 0
        var replays = 0
        var batchItems = 0
    }

    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    private static let methods: Set<String> = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]

    private let state = Mutex(State())
    private let connections: ConnectionCount

    init(connections: ConnectionCount) {
        self.connections = connections
    }

    /// A request has come.
    func began() { state.withLock { $0.inFlight += 1 } }

    /// A request has been answered.
    ///
    /// - Parameters:
    ///   - method: As the client wrote it.
    ///   - path: Below the version.
    ///   - status: Of the answer.
    ///   - isReplayed: Whether the answer was given before.
    ///   - duration: From the head of the request to the answer.
    func ended(method: String, path: String, status: Int, isReplayed: Bool, duration: Duration) {
        let request = Self.request(method, path, status)
        let seconds = duration / .seconds(1)
        state.withLock { state in
            state.inFlight -= 1
            state.requests[request, default: 0] += 1
            state.latency[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
            state.seconds += seconds
            if isReplayed { state.replays += 1 }
        }
    }

    /// A request has been answered by the connection itself, and took no time worth counting.
    ///
    /// - Parameters:
    ///   - method: As the client wrote it; nil if it was not read.
    ///   - path: Below the version; nil if it was not read.
    ///   - status: Of the answer.
    func refused(method: String?, path: String?, status: Int) {
        let request = Self.request(method ?? "", path, status)
        state.withLock { $0.requests[request, default: 0] += 1 }
    }

    /// A request has come that the connection refused while its body was read.
    func abandoned() { state.withLock { $0.inFlight -= 1 } }

    private static func request(_ method: String, _ path: String?, _ status: Int) -> Request {
        // What does not exist has no name: whoever asks for nonsense shall not grow the list.
        let route = status == 400 || status == 405 ? nil : path.map(RouteClass.of)
        return Request(method: methods.contains(method) ? method : "other", route: route ?? "other", status: status)
    }

    /// An item of a batch has been answered.
    func endedItem(isReplayed: Bool) {
        state.withLock { state in
            state.batchItems += 1
            if isReplayed { state.replays += 1 }
        }
    }

    /// Everything counted, as Prometheus reads it.
    func text() -> String {
        let state = state.withLock { $0 }
        var text = Exposition()
        text.family("herald_requests_total", "counter", "Requests answered.")
        for (request, count) in state.requests.sorted(by: { $0.key < $1.key }) {
            text.sample(
                #"herald_requests_total{method="\#(request.method)",route="\#(request.route)",status="\#(request.status)"}"#,
                count
            )
        }
        text.family("herald_request_duration_seconds", "histogram", "From the head of a request to its answer.")
        var total = 0
        for (bound, count) in zip(Self.bounds, state.latency) {
            total += count
            text.sample(#"herald_request_duration_seconds_bucket{le="\#(bound)"}"#, total)
        }
        total += state.latency[Self.bounds.count]
        text.sample(#"herald_request_duration_seconds_bucket{le="+Inf"}"#, total)
        text.sample("herald_request_duration_seconds_sum", state.seconds)
        text.sample("herald_request_duration_seconds_count", total)
        let bytes = connections.bytes
        text.single("herald_requests_in_flight", "gauge", "Requests not answered yet.", state.inFlight)
        text.single("herald_connections", "gauge", "Open connections.", connections.current)
        text.single("herald_replays_total", "counter", "Writes answered as they were the first time.", state.replays)
        text.single("herald_batch_items_total", "counter", "Requests inside batches.", state.batchItems)
        text.single("herald_received_bytes_total", "counter", "Bytes received, TLS not counted.", bytes.read)
        text.single("herald_sent_bytes_total", "counter", "Bytes sent, TLS not counted.", bytes.written)
        if let memory = Self.residentBytes() {
            text.single("process_resident_memory_bytes", "gauge", "Memory in use.", memory)
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            text.single("process_open_fds", "gauge", "Open files and sockets.", files)
        }
        return text.text
    }

    private static func residentBytes() -> Int? {
        let file = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = file?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ", omittingEmptySubsequences: true).dropFirst().first
            .flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
    }
}

/// Prometheus's text format while it is written.
private struct Exposition {
    private(set) var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ value: some CustomStringConvertible) { text += "\(name) \(value)\n" }

    mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int) {
        family(name, type, help)
        sample(name, value)
    }
}
