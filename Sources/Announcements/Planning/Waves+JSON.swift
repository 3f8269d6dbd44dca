import Foundation
import GraphModel

/// Waves as a plan keeps them.
extension Waves {
    /// The waves as JSON: `{"parts":[1,"5%","rest"],"pause":600,…}`, spans in seconds.
    package var json: String {
        let bytes = JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("parts")
                writer.array { writer in
                    for part in parts {
                        switch part {
                        case .count(let count): writer.integer(count)
                        case .percent(let percent): writer.string("\(percent)%")
                        case .rest: writer.string("rest")
                        }
                    }
                }
                writer.name("pause")
                writer.number(Double(pause.microseconds) / 1_000_000)
                writer.name("grace")
                writer.number(Double(grace.microseconds) / 1_000_000)
                if let stopAbove {
                    writer.name("stopAbove")
                    writer.number(stopAbove)
                }
                writer.member("confirm", confirms)
                guard let window else { return }
                writer.name("window")
                writer.object { writer in
                    writer.member("opens", window.opens)
                    writer.member("closes", window.closes)
                    writer.member("zone", window.zone.identifier)
                    writer.name("days")
                    writer.array { writer in for day in window.days.sorted() { writer.integer(day) } }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what ``json`` wrote.
    ///
    /// - Throws: ``PlanFault`` if it is something else.
    package init(json: String) throws {
        self.init()
        guard let value = try? JSONValue(Array(json.utf8)), let parts = value["parts"]?.elements else {
            throw Self.fault
        }
        self.parts = try parts.map(Self.part)
        pause = .microseconds(Int64((value["pause"]?.double ?? 0) * 1_000_000))
        grace = .microseconds(Int64((value["grace"]?.double ?? 0) * 1_000_000))
        stopAbove = value["stopAbove"]?.double
        confirms = value["confirm"] == .boolean(true)
        guard let window = value["window"] else { return }
        guard let opens = window["opens"]?.double, let closes = window["closes"]?.double,
            let zone = window["zone"]?.string.flatMap(TimeZone.init(identifier:)),
            let days = window["days"]?.elements
        else { throw Self.fault }
        self.window = SendWindow(
            opens: Int(opens),
            closes: Int(closes),
            days: Set(days.compactMap { $0.double.map { Int($0) } }),
            zone: zone
        )
    }

    private static func part(_ value: JSONValue) throws -> Part {
        if case .integer(let count) = value { return .count(Int(count)) }
        guard let text = value.string else { throw fault }
        if text == "rest" { return .rest }
        guard text.hasSuffix("%"), let percent = Double(text.dropLast()) else { throw fault }
        return .percent(percent)
    }

    private static var fault: PlanFault { PlanFault("The settings of an announcement in the plan cannot be read.") }
}
