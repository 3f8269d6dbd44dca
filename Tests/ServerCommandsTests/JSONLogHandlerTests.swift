import Foundation
import GraphModel
import Logging
import Synchronization
import Testing

@testable import ServerCommands

struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    @Test func `an event is one line of JSON, whatever it holds`() throws {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in JSONLogHandler { line in lines.bytes.withLock { $0 += line } } }
        logger[metadataKey: "request-id"] = "7"
        logger.info("request", metadata: ["path": "/a\"b\nc", "ms": "1.5"])
        logger.debug("not written")
        let written = lines.bytes.withLock { $0 }
        #expect(written.count { $0 == UInt8(ascii: "\n") } == 1)
        let event = try JSONValue(written.dropLast())
        #expect(event["message"]?.string == "request")
        #expect(event["level"]?.string == "info")
        #expect(event["path"]?.string == "/a\"b\nc")
        #expect(event["request-id"]?.string == "7")
        #expect(event["time"]?.string?.contains("T") == true)
    }
}
