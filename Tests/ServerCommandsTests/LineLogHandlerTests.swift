import Foundation
import GraphModel
import Logging
import Synchronization
import Testing

@testable import ServerCommands

struct LineLogHandlerTests {
    private final class Lines: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    @Test func `an event is one line of JSON, whatever it holds`() throws {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in LineLogHandler(.json) { line in lines.bytes.withLock { $0 += line } }
        }
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

    @Test func `an event is one line of text, and what is no plain word is quoted`() throws {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in LineLogHandler(.text) { line in lines.bytes.withLock { $0 += line } }
        }
        logger[metadataKey: "request-id"] = "7"
        logger.info("request", metadata: ["path": "/a", "reason": "a\nb c", "none": ""])
        logger.warning("a\nb")
        let written = String(decoding: lines.bytes.withLock { $0 }, as: UTF8.self).split(separator: "\n")
        #expect(written.count == 2)
        #expect(written.first?.hasSuffix(##"Z info request none="" path=/a reason="a\nb c" request-id=7"##) == true)
        #expect(written.last?.hasSuffix(##"Z warning "a\nb" request-id=7"##) == true)
        let time = try #require(written.first?.split(separator: " ").first)
        #expect(time.count == "2026-01-15T08:30:00.125Z".count)
        #expect(GraphDate(time) != nil)
    }
}
