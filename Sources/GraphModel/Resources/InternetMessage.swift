import Foundation

/// A message as a mail (RFC 5322) with one body (RFC 2045); its own attachments are not carried over.
struct InternetMessage {
    let text: String

    init(_ message: JSONValue, id: String, date: GraphDate) {
        var lines: [String] = []
        func add(_ name: String, _ people: [EmailAddress]) {
            guard !people.isEmpty else { return }
            lines.append("\(name): " + people.map(Self.mailbox).joined(separator: ",\r\n "))
        }
        let sent = message["sentDateTime"]?.string ?? message["receivedDateTime"]?.string
        lines.append("Date: " + Self.date(sent.flatMap { GraphDate($0) } ?? date))
        add("From", [message.person("from") ?? message.person("sender")].compactMap(\.self))
        add("To", message.people("toRecipients"))
        add("Cc", message.people("ccRecipients"))
        lines.append("Subject: " + Self.encode(message["subject"]?.string ?? ""))
        let messageID = message["internetMessageId"]?.string ?? "<\(id)@contoso.example>"
        lines.append("Message-ID: " + messageID.filter { $0.isASCII && !$0.isWhitespace && !$0.isNewline })
        lines.append("MIME-Version: 1.0")
        let isHTML = message["body"]?["contentType"]?.string?.lowercased() == "html"
        lines.append("Content-Type: text/\(isHTML ? "html" : "plain"); charset=utf-8")
        lines.append("Content-Transfer-Encoding: base64")
        let content = Data((message["body"]?["content"]?.string ?? "").utf8)
        let options: Data.Base64EncodingOptions = [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ]
        text = lines.joined(separator: "\r\n") + "\r\n\r\n" + content.base64EncodedString(options: options) + "\r\n"
    }

    private static func mailbox(_ person: EmailAddress) -> String {
        let address = person.address.filter { !$0.isNewline && $0 != "<" && $0 != ">" }
        guard let name = person.name, !name.isEmpty else { return address }
        return "\(encode(name, quotes: true)) <\(address)>"
    }

    /// A text in a field: as it is if it is short and plain, else in encoded words of up to 75 characters (RFC 2047).
    private static func encode(_ text: String, quotes: Bool = false) -> String {
        let isPlain = text.utf8.count <= 60 && text.utf8.allSatisfy { 0x20..<0x7F ~= $0 } && !text.contains("=?")
        if isPlain {
            return quotes ? "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" : text
        }
        var words: [String] = []
        var part = ""
        // 45 bytes are 60 characters of base 64; a word never splits a character.
        for scalar in text.unicodeScalars {
            if part.utf8.count + UTF8.width(scalar) > 45 {
                words.append(part)
                part = ""
            }
            part.unicodeScalars.append(scalar)
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func date(_ date: GraphDate) -> String {
        let text = date.text
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = Int(date.microseconds / 86_400_000_000)
        let month = Int(text.dropFirst(5).prefix(2)) ?? 1
        return "\(days[((day % 7) + 7) % 7]), \(text.dropFirst(8).prefix(2)) \(months[month - 1]) \(text.prefix(4)) "
            + "\(text.dropFirst(11).prefix(8)) +0000"
    }
}
