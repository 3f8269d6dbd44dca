import Foundation
import NIOCore
import NIOPosix

/// Finds out how far the way to a host is open: its name, and a connection.
package struct HostProbe: Sendable {
    /// Where the way ends; the sentence says what to look at.
    package struct Fault: Error, Sendable, Equatable {
        package var message: String
    }

    /// Where a name leads.
    package struct Address: Sendable {
        fileprivate let socket: SocketAddress

        /// The numbers.
        package var text: String { socket.ipAddress ?? "\(socket)" }
    }

    /// How long to wait for a connection.
    private static let patience = TimeAmount.seconds(10)

    package let host: String
    package let port: Int

    /// The first thing that a client would connect to; nil if the address is none.
    ///
    /// - Parameters:
    ///   - root: The service's address.
    ///   - proxy: What lies between here and it; nil if nothing does.
    package init?(root: String, proxy: HTTPProxy?) {
        if let proxy {
            (host, port) = (proxy.host, proxy.port)
            return
        }
        guard let url = URLComponents(string: root), let host = url.host else { return nil }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = url.port ?? (url.scheme?.lowercased() == "https" ? 443 : 80)
    }

    /// Looks up the host's name, as a client would.
    ///
    /// - Returns: Its address.
    /// - Throws: ``Fault``.
    package func resolve() async throws(Fault) -> Address {
        let (host, port) = (host, port)
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                Address(socket: try SocketAddress.makeAddressResolvingHost(host, port: port))
            }
        } catch {
            throw Fault(message: "the name \(host) leads to no address: is it spelled right, and does DNS work here?")
        }
    }

    /// Makes a connection and ends it.
    ///
    /// - Returns: How long that took.
    /// - Throws: ``Fault``.
    package func connect(to address: Address) async throws(Fault) -> Duration {
        let start = ContinuousClock.now
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(Self.patience)
                .connect(to: address.socket)
                .get()
            let time = ContinuousClock.now - start
            try? await channel.close()
            return time
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            throw Fault(message: "nothing listens at \(host), port \(port): is the service up, and the port right?")
        } catch {
            throw Fault(
                message:
                    "no connection to \(host), port \(port): does a firewall, or a missing proxy, stand in between?"
            )
        }
    }
}
