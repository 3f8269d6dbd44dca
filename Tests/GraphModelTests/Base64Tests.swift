import Foundation
import GraphModel
import Testing

@Suite struct Base64Tests {
    @Test func `agrees with Foundation on bytes of every length`() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text) == bytes)
            let urlSafe = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            #expect(Base64.encode(bytes, isForURL: true) == urlSafe)
            #expect(Base64.decode(urlSafe) == bytes)
        }
    }

    @Test func `passes over line breaks`() {
        #expect(Base64.decode(" aGVs\r\nbG8=\n") == Array("hello".utf8))
    }

    @Test(arguments: ["a", "aGVsbG8==", "aGVsbG=8", "aGVs!G8=", "=", "aGVsbA=", "é"])
    func `refuses what is no base64`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
