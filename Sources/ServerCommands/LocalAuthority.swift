import CCrypto
import Foundation
import Glibc

/// A certificate authority for this machine alone, and the certificate that it gives the server.
///
/// The authority's own key is thrown away when it has signed once: whoever trusts the authority trusts this one
/// certificate, and nobody can make another.
struct LocalAuthority {
    /// Where the files are.
    let folder: String

    /// The authority's certificate, which clients trust.
    var authorityPath: String { folder + "/authority.pem" }
    /// The server's certificate.
    var certificatePath: String { folder + "/server.pem" }
    /// The server's private key.
    var keyPath: String { folder + "/server.key" }

    /// Why there is no certificate.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes the files if one of them is missing; a certificate holds for 800 days, the longest that browsers take.
    ///
    /// - Returns: Whether they were made.
    /// - Throws: ``Fault`` if the folder cannot be written.
    func makeIfMissing() throws(Fault) -> Bool {
        let files = FileManager.default
        guard ![authorityPath, certificatePath, keyPath].allSatisfy(files.fileExists(atPath:)) else { return false }
        do {
            try files.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Fault(description: "\(folder): the folder cannot be made (\(error)).")
        }
        guard let pems = Self.make() else { throw Fault(description: "libcrypto could not make a certificate.") }
        try Self.write(pems.key, to: keyPath, mode: 0o600)
        try Self.write(pems.certificate, to: certificatePath, mode: 0o644)
        try Self.write(pems.authority, to: authorityPath, mode: 0o644)
        return true
    }

    /// Writes a file that never has another mode than this.
    private static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(Fault) {
        unsafe unlink(path)
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, mode)
        guard file >= 0 else { throw Fault(description: "\(path): the file cannot be made (error \(errno)).") }
        defer { close(file) }
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        guard count == bytes.count, fsync(file) == 0 else {
            throw Fault(description: "\(path): the file cannot be written (error \(errno)).")
        }
    }

    private static func make() -> (authority: [UInt8], certificate: [UInt8], key: [UInt8])? {
        guard let authorityKey = unsafe newKey(), let key = unsafe newKey() else { return nil }
        defer {
            unsafe EVP_PKEY_free(authorityKey)
            unsafe EVP_PKEY_free(key)
        }
        guard
            let authority = unsafe certificate(
                named: "Herald on this machine",
                key: authorityKey,
                issuer: nil,
                extensions: [
                    (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"), (NID_key_usage, "critical,keyCertSign"),
                ]
            )
        else { return nil }
        defer { unsafe X509_free(authority) }
        guard
            let server = unsafe certificate(
                named: "localhost",
                key: key,
                issuer: (authority, authorityKey),
                extensions: [
                    (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
                    (NID_ext_key_usage, "serverAuth"),
                    (NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"),
                ]
            )
        else { return nil }
        defer { unsafe X509_free(server) }
        guard let authorityText = unsafe pem({ unsafe PEM_write_bio_X509($0, authority) }),
            let serverText = unsafe pem({ unsafe PEM_write_bio_X509($0, server) }),
            let keyText = unsafe pem({ unsafe PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) })
        else { return nil }
        return (authorityText, serverText, keyText)
    }

    /// A new key on the curve P-256, which every client knows.
    private static func newKey() -> OpaquePointer? {
        guard let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            unsafe EVP_PKEY_keygen(context, &key) == 1
        else { return nil }
        return unsafe key
    }

    private static func certificate(
        named name: String,
        key: OpaquePointer,
        issuer: (certificate: OpaquePointer, key: OpaquePointer)?,
        extensions: [(Int32, String)]
    ) -> OpaquePointer? {
        guard let certificate = unsafe X509_new() else { return nil }
        var isWhole = false
        defer { if !isWhole { unsafe X509_free(certificate) } }
        let lifetime = 800 * 24 * 3600
        let subject = unsafe X509_get_subject_name(certificate)
        guard unsafe X509_set_version(certificate, 2) == 1,
            unsafe ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), UInt64.random(in: 1...(.max >> 1))) == 1,
            // An hour ago: clocks differ.
            unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nil,
            unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), lifetime) != nil,
            unsafe X509_set_pubkey(certificate, key) == 1,
            unsafe X509_NAME_add_entry_by_txt(subject, "CN", 0x1000 | 1, name, -1, -1, 0) == 1,
            unsafe X509_set_issuer_name(
                certificate,
                issuer.map { unsafe X509_get_subject_name($0.certificate) } ?? subject
            )
                == 1
        else { return nil }
        for (id, value) in extensions {
            guard let field = unsafe X509V3_EXT_conf_nid(nil, nil, id, value) else { return nil }
            defer { unsafe X509_EXTENSION_free(field) }
            guard unsafe X509_add_ext(certificate, field, -1) == 1 else { return nil }
        }
        guard unsafe X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) > 0 else { return nil }
        isWhole = true
        return unsafe certificate
    }

    private static func pem(_ write: (OpaquePointer) -> Int32) -> [UInt8]? {
        guard let buffer = unsafe BIO_new(BIO_s_mem()) else { return nil }
        defer { unsafe BIO_free(buffer) }
        guard unsafe write(buffer) == 1 else { return nil }
        var bytes = unsafe [UInt8](repeating: 0, count: BIO_ctrl_pending(buffer))
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe BIO_read(buffer, $0.baseAddress, Int32($0.count)) }
        return count == bytes.count ? bytes : nil
    }
}
