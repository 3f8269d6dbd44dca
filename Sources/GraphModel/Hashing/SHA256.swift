import CCrypto

/// The hash function SHA-256 (FIPS 180-4), by OpenSSL's libcrypto.
@safe package struct SHA256: ~Copyable {
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(context, Self.algorithm.pointer, nil) == 1
        else { preconditionFailure("libcrypto has no SHA-256, or no memory for it") }
        unsafe self.context = unsafe context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds bytes to what is hashed.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            let status = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
            precondition(status == 1, "EVP_DigestUpdate failed")
        }
        if done == nil { update(Array(bytes)) }
    }

    /// Adds the UTF-8 bytes of a text to what is hashed.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { buffer in
            let status = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
            precondition(status == 1, "EVP_DigestUpdate failed")
        }
    }

    /// The hash of all that was added: 32 bytes.
    package consuming func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            let status = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
            precondition(status == 1 && length == 32, "EVP_DigestFinal_ex failed")
            count = Int(length)
        }
    }

    /// The hash of some bytes: 32 bytes.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finalize()
    }

    // Fetched once: a fetch by name costs more than hashing a small text (OpenSSL 3, crypto(7), "Performance").
    @safe private struct Algorithm: @unchecked Sendable {  // libcrypto's EVP_MD is immutable once fetched
        let pointer: OpaquePointer?
    }
    private static let algorithm = unsafe Algorithm(pointer: EVP_MD_fetch(nil, "SHA256", nil))
}

extension Sequence<UInt8> {
    /// The bytes in lower-case hexadecimal.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Reads two hexadecimal digits a byte; nil if there is anything else, or half a byte.
    package init?(hexadecimal text: String) {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2), digits.allSatisfy({ $0 != nil }) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
    }
}
