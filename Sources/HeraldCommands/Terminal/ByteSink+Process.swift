import Foundation

extension ByteSink {
    /// One of the process's own streams.
    enum Stream: Int32, Sendable {
        case output = 1
        case error = 2

        var name: String { self == .output ? "standard output" : "standard error" }
    }

    /// Writes to a stream of the process, unbuffered, so that nothing is lost when it is killed.
    static func standard(_ stream: Stream, variables: [String: String]) -> ByteSink {
        let isTerminal = isatty(stream.rawValue) == 1
        let isPlain = variables["NO_COLOR"].map { !$0.isEmpty } ?? false || variables["TERM"] == "dumb"
        let fixedWidth = variables["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        return ByteSink(
            isTerminal: isTerminal,
            usesColour: isTerminal && !isPlain,
            width: { fixedWidth ?? windowWidth(stream) ?? 80 },
            put: { try writeAll($0, to: stream) }
        )
    }

    private static func windowWidth(_ stream: Stream) -> Int? {
        var size = winsize()
        guard unsafe ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    private static func writeAll(_ bytes: [UInt8], to stream: Stream) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.write(stream.rawValue, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Failure(.failed, "\(stream.name) cannot be written: \(unsafe String(cString: strerror(errno)))")
            }
        }
    }
}
