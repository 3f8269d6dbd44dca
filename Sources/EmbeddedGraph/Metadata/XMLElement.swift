/// An element of an XML document (XML 1.0, fifth edition).
struct XMLElement {
    var name: String
    var attributes: [(name: String, value: String)]
    var children: [XMLElement]

    /// An element; attributes whose value is nil are left out.
    init(_ name: String, _ attributes: [(String, String?)] = [], _ children: [XMLElement] = []) {
        self.name = name
        self.attributes = attributes.compactMap { name, value in value.map { (name, $0) } }
        self.children = children
    }

    /// The document whose root this is.
    var document: String {
        var text = #"<?xml version="1.0" encoding="utf-8"?>"#
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        text += "<\(name)"
        for (name, value) in attributes { text += " \(name)=\"\(Self.escaped(value))\"" }
        guard !children.isEmpty else {
            text += "/>"
            return
        }
        text += ">"
        for child in children { child.write(to: &text) }
        text += "</\(name)>"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
