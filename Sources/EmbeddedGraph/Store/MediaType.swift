/// The media types of attachments whose sender names none.
enum MediaType {
    private static let types = [
        "txt": "text/plain", "csv": "text/csv", "html": "text/html", "htm": "text/html", "md": "text/markdown",
        "ics": "text/calendar", "vcf": "text/vcard", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
        "gif": "image/gif", "svg": "image/svg+xml", "webp": "image/webp", "pdf": "application/pdf",
        "json": "application/json", "xml": "application/xml", "zip": "application/zip",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "mp3": "audio/mpeg",
        "mp4": "video/mp4",
    ]

    /// A type that a client has given, if it can stand in a header; else that of bytes.
    static func checked(_ type: String?) -> String {
        guard let type, type.contains("/"), type.utf8.count <= 200, type.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) else {
            return "application/octet-stream"
        }
        return type
    }

    /// The type that a file's name suggests.
    static func of(fileName: String) -> String {
        guard let dot = fileName.lastIndex(of: ".") else { return "application/octet-stream" }
        return types[fileName[fileName.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }
}
