import Announcements
import GraphModel

/// What a person would see of a planned write.
struct PlannedPost {
    let item: PlanItem
    private let value: JSONValue
    private let post: JSONValue?

    init(_ item: PlanItem) {
        self.item = item
        let value = (try? JSONValue(item.wholeBody)) ?? .null
        self.value = value
        post = value.firstPost
    }

    var topic: String? { value["topic"]?.string }
    var content: String? { post?["body"]?["content"]?.string }
    var isHTML: Bool { post?["body"]?["contentType"]?.string?.lowercased() == "html" }

    /// Who gets it besides the group.
    var participants: [String] {
        (post?["newParticipants"]?.elements ?? []).compactMap { person in
            let address = person["emailAddress"]
            guard let mail = address?["address"]?.string else { return nil }
            return address?["name"]?.string.map { "\($0) <\(mail)>" } ?? mail
        }
    }

    /// The names of its attachments.
    var attachments: [String] { (post?["attachments"]?.elements ?? []).compactMap { $0["name"]?.string } }

    /// What it does, in a line: the topic, or the request.
    var headline: String {
        if item.announcement != nil { return topic ?? "a reply in the thread of the first post" }
        return "\(item.method.rawValue) \(PercentEncoding.decode(item.path))" + (topic.map { ": \($0)" } ?? "")
    }

    /// The group by its name, or by its id.
    var target: String { item.targetName ?? item.target?.text ?? "" }

    /// The content as lines of text; the whole body for what is no post.
    func lines(width: Int?) -> [String] {
        guard let content else {
            let body = item.wholeBody
            return body.isEmpty ? [] : HTMLLines.lines(ofText: String(decoding: body, as: UTF8.self), width: width)
        }
        return isHTML ? HTMLLines.lines(of: content, width: width) : HTMLLines.lines(ofText: content, width: width)
    }

    /// All that is compared of two plans, as lines.
    var comparable: [String] {
        var lines = topic.map { ["topic: \($0)"] } ?? []
        if item.announcement == nil || !item.path.hasSuffix("/conversations") { lines.append(headline) }
        lines += participants.map { "participant: \($0)" }
        lines += attachments.map { "attachment: \($0)" }
        return lines + self.lines(width: nil)
    }

    /// A page that shows it; scripts and the like are taken out.
    var page: String {
        let shown: String
        if let content {
            shown = isHTML ? pictured(HTMLSanitizer.clean(content)) : "<pre>\(HTMLText.html(content))</pre>"
        } else {
            shown = "<pre>\(HTMLText.html(String(decoding: item.wholeBody, as: UTF8.self)))</pre>"
        }
        let title = HTMLText.html(headline)
        return """
            <!doctype html>
            <html><head><meta charset="utf-8"><title>\(title)</title></head>
            <body style="font-family: sans-serif; max-width: 50em; margin: 2em auto">
            <p style="color: #555">To \(HTMLText.html(target))</p>
            <h1 style="font-size: 1.3em">\(title)</h1>
            \(shown)
            </body></html>

            """
    }

    /// HTML with the pictures that are attached to the post in place of their names.
    private func pictured(_ html: String) -> String {
        var html = html
        for picture in post?.pictures ?? [] { html = html.replacing("cid:\(picture.id)", with: picture.address) }
        return html
    }
}

extension JSONValue {
    /// The post in the body of a request that makes one.
    var firstPost: JSONValue? {
        self["post"] ?? self["threads"]?.elements?.first?["posts"]?.elements?.first ?? self["posts"]?.elements?.first
    }

    /// The pictures that are attached to a post, by the ids under which it shows them, each as an address that holds it
    /// (`data:`, RFC 2397).
    var pictures: [(id: String, address: String)] {
        (self["attachments"]?.elements ?? []).compactMap { attachment in
            guard let id = attachment["contentId"]?.string, let bytes = attachment["contentBytes"]?.string,
                let type = attachment["contentType"]?.string, type.hasPrefix("image/")
            else { return nil }
            return (id, "data:\(type);base64,\(bytes)")
        }
    }
}
