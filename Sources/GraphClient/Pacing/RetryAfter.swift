import Foundation
import GraphModel

/// The header `Retry-After` (RFC 9110, section 10.2.3), and what services really send.
enum RetryAfter {
    /// How long to wait, in microseconds from now; nil if the answer does not say.
    ///
    /// Seconds may have a fraction, which Graph has sent (reference, section 1, row 11); a date is taken as it is.
    static func microseconds(of response: GraphResponse, now: Date = Date()) -> Int64? {
        guard let text = response.headers["Retry-After"] else { return nil }
        if let seconds = Double(text) {
            guard seconds.isFinite, seconds >= 0 else { return nil }
            return Int64((min(seconds, 86_400) * 1_000_000).rounded(.up))
        }
        guard let date = HTTPDate.read(text) else { return nil }
        return max(0, Int64((date.timeIntervalSince(now) * 1_000_000).rounded(.up)))
    }
}
