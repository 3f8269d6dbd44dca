import Foundation
import Testing

@testable import GraphServer
@testable import ServerCommands

struct ListenOptionsTests {
    @Test(arguments: [
        ["--tls-cert", "cert.pem"], ["--tls-key", "key.pem"],
        ["--tls-cert", "cert.pem", "--tls-key", "key.pem", "--tls-self-signed"], ["--max-connections", "0"],
        ["--idle-timeout", "0"], ["--allow-origin", "contoso.example"],
        ["--allow-origin", "https://contoso.example/x"],
        ["--log-format", "xml"], ["--log-level", "loud"], ["--listen", "0.0.0.0:443", "--tls-self-signed"],
    ])
    func `options that make no sense are refused as wrong usage`(_ arguments: [String]) async {
        #expect(await ServerCommand.run(arguments) == 2)
    }

    @Test func `the certificate of this machine is made once, and its key is private`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-tls-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = LocalAuthority(folder: folder)
        #expect(try authority.makeIfMissing())
        let first = try String(contentsOfFile: authority.certificatePath, encoding: .utf8)
        #expect(try !authority.makeIfMissing())
        #expect(try String(contentsOfFile: authority.certificatePath, encoding: .utf8) == first)
        let mode = try FileManager.default.attributesOfItem(atPath: authority.keyPath)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        _ = try ServerIdentity(certificates: authority.certificatePath, key: authority.keyPath)
    }

    @Test func `a certificate that is missing, or of another key, is named`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-tls-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let one = LocalAuthority(folder: folder + "/1")
        let other = LocalAuthority(folder: folder + "/2")
        _ = try one.makeIfMissing()
        _ = try other.makeIfMissing()
        func message(_ certificates: String, _ key: String) -> String {
            do {
                _ = try ServerIdentity(certificates: certificates, key: key)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message(one.certificatePath, other.keyPath).contains("does not belong"))
        #expect(message(folder + "/none.pem", one.keyPath).contains("none.pem"))
        #expect(message(one.certificatePath, folder + "/none.key").contains("none.key"))
        #expect(message(one.keyPath, one.keyPath).contains("certificate"))
    }
}
