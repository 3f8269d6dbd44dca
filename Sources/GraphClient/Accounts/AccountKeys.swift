import Foundation
import GraphModel
import Synchronization

/// What protects the tokens in the file of accounts: HERALD_KEY, else the desktop's secret service, else the file's mode.
package final class AccountKeys: Sendable {
    private let password: String?
    private let service: SecretService?
    private let derived = Mutex<[String: [UInt8]]>([:])
    private let kept = Mutex<[UInt8]?>(nil)

    /// - Parameters:
    ///   - password: What HERALD_KEY holds; nil if it is not set.
    ///   - searchPath: Where the program `secret-tool` is looked for, folders with colons between.
    package init(password: String?, searchPath: String) {
        self.password = password.flatMap { $0.isEmpty ? nil : $0 }
        service = SecretService(searchPath: searchPath)
    }

    /// Protects a secret as well as can be here.
    ///
    /// - Parameters:
    ///   - secret: The bytes.
    ///   - context: What it belongs to.
    ///   - previous: What stood there before, whose salt is used again, so that its key is at hand.
    /// - Returns: What may stand in the file.
    func seal(_ secret: [UInt8], context: [UInt8], previous: StoredSecret?) async -> StoredSecret {
        if let password {
            let salt = previous?.salt ?? Base64.encode(SecretBox.random(16))
            let box = SecretBox.seal(secret, key: key(password, salt), context: context)
            return StoredSecret(protection: .password, salt: salt, value: Base64.encode(box))
        }
        if let key = await serviceKey(makingOne: true) {
            let box = SecretBox.seal(secret, key: key, context: context)
            return StoredSecret(protection: .secretService, value: Base64.encode(box))
        }
        return StoredSecret(protection: .fileMode, value: String(decoding: secret, as: UTF8.self))
    }

    /// Gives a protected secret back.
    ///
    /// - Throws: ``SignInRequired`` that says which key is missing or wrong.
    func open(_ stored: StoredSecret, context: [UInt8], name: String) async throws(SignInRequired) -> [UInt8] {
        let again = "or sign in again: herald login --profile \(name)"
        let key: [UInt8]
        switch stored.protection {
        case .fileMode: return Array(stored.value.utf8)
        case .password:
            guard let password, let salt = stored.salt else {
                throw SignInRequired(
                    "The tokens of the profile '\(name)' are encrypted. Set HERALD_KEY to the key that was set at the "
                        + "sign-in, \(again)"
                )
            }
            key = self.key(password, salt)
        case .secretService:
            guard let kept = await serviceKey(makingOne: false) else {
                throw SignInRequired(
                    "The tokens of the profile '\(name)' are encrypted with a key of the desktop's secret service, which "
                        + "does not give it (secret-tool lookup service herald). Unlock the key ring, \(again)"
                )
            }
            key = kept
        }
        guard let box = Base64.decode(stored.value), let secret = SecretBox.open(box, key: key, context: context) else {
            let culprit = stored.protection == .password ? "HERALD_KEY is not the key" : "The key ring has not the key"
            throw SignInRequired(
                "\(culprit) with which the tokens of the profile '\(name)' were encrypted, or accounts.json was changed. "
                    + "Set the right one, \(again)"
            )
        }
        return secret
    }

    private func key(_ password: String, _ salt: String) -> [UInt8] {
        derived.withLock { derived in
            if let key = derived[salt] { return key }
            let key = SecretBox.key(password: password, salt: Base64.decode(salt) ?? [])
            derived[salt] = key
            return key
        }
    }

    private func serviceKey(makingOne: Bool) async -> [UInt8]? {
        if let key = kept.withLock({ $0 }) { return key }
        guard let service else { return nil }
        var text = await service.lookUp()
        if text == nil, makingOne {
            let fresh = Base64.encode(SecretBox.random(SecretBox.keyLength))
            // What is kept counts, since another process may have been quicker.
            if await service.store(fresh) { text = await service.lookUp() }
        }
        guard let key = text.flatMap(Base64.decode), key.count == SecretBox.keyLength else { return nil }
        kept.withLock { $0 = key }
        return key
    }
}
