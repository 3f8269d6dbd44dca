import Foundation
import Glibc

/// The file of a Unix socket: one server at a time, and for its owner alone.
enum SocketFile {
    /// Why a path cannot become a socket.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Removes the file of a server that is gone, and sees to it that the new one is its owner's alone.
    ///
    /// - Throws: ``Fault`` if a server answers there, or the file is no socket.
    static func prepare(_ path: String) throws(Fault) {
        var address = sockaddr_un()
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw Fault(description: "\(path): the path of a socket has at most \(capacity - 1) bytes.")
        }
        // By Foundation: who declares `stat` differs between a debug and a release build.
        if let attributes = try? FileManager.default.attributesOfItem(atPath: path) {
            guard attributes[.type] as? FileAttributeType == .typeSocket else {
                throw Fault(description: "\(path): this is no socket; remove it, or listen elsewhere.")
            }
            let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { Glibc.close(socket) }
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
            let connected = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard connected != 0 else { throw Fault(description: "\(path): another server listens there.") }
            guard errno == ECONNREFUSED, unsafe unlink(path) == 0 else {
                throw Fault(description: "\(path): the socket of an earlier server cannot be removed.")
            }
        }
        // The file must not be open to others for a moment either, so its mode cannot be set afterwards.
        umask(0o177)
    }

    /// What is made from now on has the usual mode of private files.
    static func didBind() { umask(0o077) }
}
