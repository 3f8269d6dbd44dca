import Foundation
import FoundationNetworking
package import Logging

extension KeySource {
    /// Why a place cannot hold keys.
    package struct UnusablePlace: Error, CustomStringConvertible {
        package var description: String
    }

    /// Keys in a file or behind a URL.
    ///
    /// - Parameters:
    ///   - place: A path, or a URL: `https`, or `http` on this machine.
    ///   - folder: Where a relative path begins.
    ///   - logger: Hears of a set that could not be read.
    ///   - now: Microseconds since 1970.
    /// - Throws: ``UnusablePlace`` if keys from there could be anybody's.
    package init(
        at place: String,
        folder: String,
        logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) throws(UnusablePlace) {
        guard place.contains("://") else {
            let path = place.hasPrefix("/") ? place : folder + "/" + place
            self.init(place: place, logger: logger, now: now) {
                Array(try Data(contentsOf: URL(filePath: path)))
            }
            return
        }
        guard let url = URL(string: place), let host = url.host() else {
            throw UnusablePlace(description: "\(place) is no URL")
        }
        let isLocal = ["localhost", "127.0.0.1", "::1"].contains(host)
        guard url.scheme == "https" || url.scheme == "http" && isLocal else {
            throw UnusablePlace(description: "\(place): keys are read by https, or by http from this machine alone")
        }
        self.init(place: place, logger: logger, now: now) { try await Self.fetch(url) }
    }

    /// How long an answer may take, in seconds.
    private static let timeout: TimeInterval = 10

    private static func fetch(_ url: URL) async throws -> [UInt8] {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeout
        configuration.timeoutIntervalForResource = timeout
        let session = URLSession(configuration: configuration, delegate: StayingPut(), delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let (data, response) = try await session.data(from: url)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status == 200 else { throw UnusablePlace(description: "the answer has the status \(status), not 200") }
        return Array(data)
    }

    /// Follows no redirect: the keys are those of the URL that was given, or none.
    private final class StayingPut: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession,
            task: URLSessionTask,
            willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest,
            completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }
}
