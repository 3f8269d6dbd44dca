import Foundation

/// One request over a connection of its own, byte by byte as it is given.
enum RawConnection {
    /// Sends bytes and reads until the server closes the connection.
    ///
    /// - Returns: What came; empty if nothing did.
    static func exchange(_ bytes: [UInt8], port: Int) async throws -> [UInt8] {
        Array(try await RawClient.exchange(port, bytes: bytes).utf8)
    }

    /// The bytes of a request that asks to close the connection after it.
    static func request(
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [],
        body: [UInt8] = []
    ) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += "Authorization: Bearer \(RunningServer.token)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// An answer taken apart; nil if it has no status line.
    static func answer(_ bytes: [UInt8]) -> RunningServer.Answer? {
        let end = Array("\r\n\r\n".utf8)
        guard let split = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let lines = String(decoding: bytes[..<split], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return RunningServer.Answer(status: status, headers: headers, body: Array(bytes[(split + 4)...]))
    }
}
