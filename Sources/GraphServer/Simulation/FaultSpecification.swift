/// What goes wrong, and how often: `lost-reply=2%,throttle=5%,latency=50ms±30ms`.
package struct FaultSpecification: Sendable, Equatable {
    /// How long answers are held back: a time that is drawn anew for each request, evenly.
    package struct Latency: Sendable, Equatable {
        package var middle: Duration
        /// How far a time lies from the middle at most; never larger than the middle.
        package var spread: Duration

        package init(middle: Duration, spread: Duration) {
            self.middle = middle
            self.spread = spread
        }
    }

    /// The share of requests, from 0 to 1, that are carried out and not answered.
    package var lostReply = 0.0
    /// The share of requests whose connection is cut before they are carried out.
    package var reset = 0.0
    /// The share of requests that are refused with 429.
    package var throttle = 0.0
    /// The share of requests that are refused with 503.
    package var unavailable = 0.0
    package var latency: Latency?
    /// How long what was made cannot be read, changed or deleted yet.
    package var readLag: Duration = .zero
    /// How long a new group has no conversations yet.
    package var provisioning: Duration = .zero

    /// The names, in the order in which they are documented.
    package enum Name: String, CaseIterable, Sendable {
        case lostReply = "lost-reply"
        case throttle
        case unavailable
        case latency
        case readLag = "read-lag"
        case reset
        case provisioning
    }

    package init() {}

    /// Reads a specification: `NAME=VALUE`, separated by commas, each name at most once.
    ///
    /// Shares are percentages (`2%`, `0.5%`), which together make 100% at most; times have a unit (`50ms`, `5s`, `2m`);
    /// a latency may have a spread (`50ms±30ms`, or `50ms+-30ms`).
    ///
    /// - Throws: ``FaultSpecificationError`` that names the place.
    package init(_ text: String) throws(FaultSpecificationError) {
        var seen: Set<Name> = []
        var column = 1
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let leading = part.prefix { $0 == " " }.count
            let item = part.dropFirst(leading)
            let start = column + leading
            column += part.count + 1
            guard let equals = item.firstIndex(of: "="),
                let name = Name(rawValue: String(item[..<equals]).trimmingSpaces)
            else {
                let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
                throw FaultSpecificationError(start, of: text, "expected NAME=VALUE, NAME one of \(names)")
            }
            guard seen.insert(name).inserted else {
                throw FaultSpecificationError(start, of: text, "'\(name.rawValue)' stands twice")
            }
            let value = String(item[item.index(after: equals)...])
            let place = start + item.distance(from: item.startIndex, to: equals) + 1
            try set(name, value.trimmingSpaces) { reason throws(FaultSpecificationError) in
                throw FaultSpecificationError(place, of: text, reason)
            }
            guard lostReply + reset + throttle + unavailable <= 1 + 1e-9 else {
                throw FaultSpecificationError(
                    place,
                    of: text,
                    "lost-reply, reset, throttle and unavailable together are more than 100%"
                )
            }
        }
    }

    private mutating func set(
        _ name: Name,
        _ value: String,
        _ fail: (String) throws(FaultSpecificationError) -> Never
    ) throws(FaultSpecificationError) {
        func share() throws(FaultSpecificationError) -> Double {
            guard value.hasSuffix("%"), let number = Self.number(value.dropLast()), number <= 100 else {
                try fail("expected a percentage from 0% to 100%, such as 2% or 0.5%")
            }
            return number / 100
        }
        func time() throws(FaultSpecificationError) -> Duration {
            guard let duration = Self.duration(value) else {
                try fail("expected a time with its unit, such as 500ms, 5s or 2m, of a day at most")
            }
            return duration
        }
        switch name {
        case .lostReply: lostReply = try share()
        case .throttle: throttle = try share()
        case .unavailable: unavailable = try share()
        case .reset: reset = try share()
        case .readLag: readLag = try time()
        case .provisioning: provisioning = try time()
        case .latency:
            guard let latency = Self.latency(value) else {
                try fail("expected a time such as 50ms, or 50ms±30ms, whose spread is not larger than the time")
            }
            self.latency = latency
        }
    }

    private static func latency(_ text: String) -> Latency? {
        let parts = text.replacing("+-", with: "±").split(separator: "±", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let middle = duration(String(parts[0]).trimmingSpaces) else { return nil }
        guard parts.count == 2 else { return Latency(middle: middle, spread: .zero) }
        guard let spread = duration(String(parts[1]).trimmingSpaces), spread <= middle else { return nil }
        return Latency(middle: middle, spread: spread)
    }

    /// A time up to a day.
    private static func duration(_ text: String) -> Duration? {
        let milliseconds: (factor: Double, length: Int)? =
            if text.hasSuffix("ms") {
                (1, 2)
            } else if text.hasSuffix("s") {
                (1000, 1)
            } else if text.hasSuffix("m") {
                (60_000, 1)
            } else {
                nil
            }
        guard let (factor, length) = milliseconds, let value = number(text.dropLast(length)),
            value * factor <= 86_400_000
        else { return nil }
        return .microseconds(Int64((value * factor * 1000).rounded()))
    }

    /// A decimal number without sign and exponent.
    private static func number(_ text: Substring) -> Double? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") }),
            text.utf8.first != UInt8(ascii: "."), text.utf8.last != UInt8(ascii: ".")
        else { return nil }
        return Double(text)
    }
}

/// A specification of faults that cannot be read.
package struct FaultSpecificationError: Error, Equatable, CustomStringConvertible {
    /// Where the fault lies, in characters from 1.
    package var column: Int
    /// What was expected.
    package var reason: String
    /// What stands there, shortened.
    package var found: String

    init(_ column: Int, of text: String, _ reason: String) {
        self.column = column
        self.reason = reason
        found = String(text.dropFirst(column - 1).prefix { $0 != "," }.prefix(40))
    }

    package var description: String { "faults, character \(column), at '\(found)': \(reason)" }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
