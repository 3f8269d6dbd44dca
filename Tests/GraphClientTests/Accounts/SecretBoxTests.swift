import Foundation
import GraphModel
import Testing

@testable import GraphClient

struct SecretBoxTests {
    private static let key = [UInt8](0..<32)

    @Test(arguments: [0, 1, 15, 16, 17, 5000])
    func `what was sealed opens with the same key and context`(length: Int) {
        let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let box = SecretBox.seal(plain, key: Self.key, context: [1, 2])
        #expect(box.count == length + 28)
        #expect(SecretBox.open(box, key: Self.key, context: [1, 2]) == plain)
    }

    @Test func `nothing opens that was changed, nor with another key or context`() {
        let box = SecretBox.seal(Array("secret".utf8), key: Self.key, context: [1])
        for index in box.indices {
            var changed = box
            changed[index] ^= 1
            #expect(SecretBox.open(changed, key: Self.key, context: [1]) == nil)
        }
        #expect(SecretBox.open(box, key: Self.key.reversed(), context: [1]) == nil)
        #expect(SecretBox.open(box, key: Self.key, context: [2]) == nil)
        #expect(SecretBox.open(Array(box.dropLast()), key: Self.key, context: [1]) == nil)
        #expect(SecretBox.open([], key: Self.key, context: [1]) == nil)
    }

    @Test func `the same text never looks the same`() {
        let text = Array("secret".utf8)
        #expect(
            SecretBox.seal(text, key: Self.key, context: []) != SecretBox.seal(text, key: Self.key, context: [])
        )
    }

    @Test func `it opens a known answer of AES-256-GCM`() {
        // The GCM specification's test case 13: key, nonce and text are zero or empty.
        let tag: [UInt8] = [
            0x53, 0x0F, 0x8A, 0xFB, 0xC7, 0x45, 0x36, 0xB9, 0xA9, 0x63, 0xB4, 0xF1, 0xC4, 0xCB, 0x73, 0x8B,
        ]
        let box = [UInt8](repeating: 0, count: 12) + tag
        #expect(SecretBox.open(box, key: [UInt8](repeating: 0, count: 32), context: []) == [])
    }

    @Test func `a password's key depends on the password and the salt`() {
        let key = SecretBox.key(password: "key", salt: [1])
        #expect(key.count == 32)
        #expect(key == SecretBox.key(password: "key", salt: [1]))
        #expect(key != SecretBox.key(password: "key", salt: [2]))
        #expect(key != SecretBox.key(password: "Key", salt: [1]))
    }
}
