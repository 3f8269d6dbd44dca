import CCrypto

/// Encryption with a key: AES-256-GCM (NIST SP 800-38D), and keys from passwords by scrypt (RFC 7914), by OpenSSL's
/// libcrypto.
///
/// All that touches C stands here.
@safe enum SecretBox {
    static let keyLength = 32
    private static let nonceLength = 12
    private static let tagLength = 16

    /// Random bytes from the system.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A key of ``keyLength`` bytes from a password.
    ///
    /// It takes 32 MiB and about a tenth of a second, which is what somebody who guesses pays for each guess.
    static func key(password: String, salt: [UInt8]) -> [UInt8] {
        let password = Array(password.utf8)
        return unsafe [UInt8](unsafeUninitializedCapacity: keyLength) { buffer, count in
            let status = unsafe password.withUnsafeBytes { password in
                unsafe EVP_PBE_scrypt(
                    password.baseAddress?.assumingMemoryBound(to: CChar.self),
                    password.count,
                    salt,
                    salt.count,
                    1 << 15,
                    8,
                    1,
                    64 << 20,
                    buffer.baseAddress,
                    keyLength
                )
            }
            precondition(status == 1, "libcrypto has no scrypt, or no memory for it")
            count = keyLength
        }
    }

    /// Encrypts a text.
    ///
    /// - Parameters:
    ///   - plain: The text.
    ///   - key: ``keyLength`` bytes.
    ///   - context: What the text belongs to; it opens with the same context alone.
    /// - Returns: A fresh nonce, the encrypted bytes and the tag.
    static func seal(_ plain: [UInt8], key: [UInt8], context: [UInt8]) -> [UInt8] {
        precondition(key.count == keyLength)
        let nonce = random(nonceLength)
        let cipher = Cipher()
        var length: Int32 = 0
        var sealed = [UInt8](repeating: 0, count: plain.count)
        var tag = [UInt8](repeating: 0, count: tagLength)
        var isDone = unsafe EVP_EncryptInit_ex2(cipher.context, EVP_aes_256_gcm(), key, nonce, nil) == 1
        isDone = unsafe isDone && EVP_EncryptUpdate(cipher.context, nil, &length, context, Int32(context.count)) == 1
        isDone = unsafe isDone && EVP_EncryptUpdate(cipher.context, &sealed, &length, plain, Int32(plain.count)) == 1
        isDone = unsafe isDone && EVP_EncryptFinal_ex(cipher.context, &tag, &length) == 1
        isDone =
            unsafe isDone
            && EVP_CIPHER_CTX_ctrl(cipher.context, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1
        precondition(isDone, "libcrypto has no AES-256-GCM")
        return nonce + sealed + tag
    }

    /// Opens what ``seal(_:key:context:)`` made.
    ///
    /// - Returns: The text; nil if key or context are others, or anything was changed.
    static func open(_ box: [UInt8], key: [UInt8], context: [UInt8]) -> [UInt8]? {
        guard key.count == keyLength, box.count >= nonceLength + tagLength else { return nil }
        let nonce = Array(box.prefix(nonceLength))
        var tag = Array(box.suffix(tagLength))
        let sealed = Array(box.dropFirst(nonceLength).dropLast(tagLength))
        let cipher = Cipher()
        var length: Int32 = 0
        var plain = [UInt8](repeating: 0, count: sealed.count)
        var rest = [UInt8](repeating: 0, count: 16)
        var isDone = unsafe EVP_DecryptInit_ex2(cipher.context, EVP_aes_256_gcm(), key, nonce, nil) == 1
        isDone = unsafe isDone && EVP_DecryptUpdate(cipher.context, nil, &length, context, Int32(context.count)) == 1
        isDone = unsafe isDone && EVP_DecryptUpdate(cipher.context, &plain, &length, sealed, Int32(sealed.count)) == 1
        isDone =
            unsafe isDone
            && EVP_CIPHER_CTX_ctrl(cipher.context, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag) == 1
        isDone = unsafe isDone && EVP_DecryptFinal_ex(cipher.context, &rest, &length) == 1
        return isDone ? plain : nil
    }

    @safe private struct Cipher: ~Copyable {
        let context: OpaquePointer

        init() {
            guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("no memory for a cipher") }
            unsafe self.context = unsafe context
        }

        deinit { unsafe EVP_CIPHER_CTX_free(context) }
    }
}
