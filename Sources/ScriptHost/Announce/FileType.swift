/// What kind of file bytes are, by how they begin and, where that does not tell, by the file's name.
enum FileType {
    /// The media type (RFC 6838).
    static func contentType(of bytes: [UInt8], named name: String) -> String {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if let found = signatures.first(where: { $0.matches(bytes) })?.type {
            return contained[found]?[ending] ?? found
        }
        if bytes.starts(with: "BEGIN:VCALENDAR".utf8) { return "text/calendar" }
        if let text = texts[ending] { return isText(bytes) ? text : unknown }
        if let known = others[ending] { return known }
        return isText(bytes) && !bytes.isEmpty ? "text/plain" : unknown
    }

    private static let unknown = "application/octet-stream"

    private struct Signature {
        var type: String
        var start: [UInt8]
        /// What stands further on, and where.
        var then: (at: Int, bytes: [UInt8])?

        init(_ type: String, _ start: [UInt8], then: (at: Int, bytes: [UInt8])? = nil) {
            self.type = type
            self.start = start
            self.then = then
        }

        func matches(_ bytes: [UInt8]) -> Bool {
            guard bytes.starts(with: start) else { return false }
            guard let then else { return true }
            return bytes.dropFirst(then.at).starts(with: then.bytes)
        }
    }

    private static let signatures = [
        Signature("image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        Signature("image/jpeg", [0xFF, 0xD8, 0xFF]),
        Signature("image/gif", Array("GIF8".utf8)),
        Signature("image/webp", Array("RIFF".utf8), then: (8, Array("WEBP".utf8))),
        Signature("image/bmp", Array("BM".utf8), then: (6, [0, 0, 0, 0])),
        Signature("image/tiff", [0x49, 0x49, 0x2A, 0x00]),
        Signature("image/tiff", [0x4D, 0x4D, 0x00, 0x2A]),
        Signature("application/pdf", Array("%PDF-".utf8)),
        Signature("application/zip", [0x50, 0x4B, 0x03, 0x04]),
        Signature("application/gzip", [0x1F, 0x8B]),
        Signature("application/rtf", Array("{\\rtf".utf8)),
        Signature("application/x-ole-storage", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        Signature("audio/mpeg", Array("ID3".utf8)),
        Signature("video/mp4", [], then: (4, Array("ftyp".utf8))),
    ]

    /// What files are by their names whose bytes begin as those of their container.
    private static let contained: [String: [String: String]] = [
        "application/zip": [
            "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "odt": "application/vnd.oasis.opendocument.text",
            "ods": "application/vnd.oasis.opendocument.spreadsheet",
            "odp": "application/vnd.oasis.opendocument.presentation",
            "epub": "application/epub+zip",
        ],
        "application/x-ole-storage": [
            "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
            "msg": "application/vnd.ms-outlook",
        ],
        "video/mp4": ["m4a": "audio/mp4", "heic": "image/heic", "avif": "image/avif", "mov": "video/quicktime"],
    ]

    private static let texts = [
        "csv": "text/csv", "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "html": "text/html",
        "htm": "text/html", "css": "text/css", "ics": "text/calendar", "vcf": "text/vcard", "svg": "image/svg+xml",
        "json": "application/json", "xml": "application/xml", "eml": "message/rfc822",
    ]

    private static let others = ["ico": "image/x-icon", "mp3": "audio/mpeg", "wav": "audio/wav"]

    /// Whether bytes are UTF-8 without control characters that texts have not.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) || $0 == 0x1B }
            && String(validating: bytes, as: UTF8.self) != nil
    }
}
