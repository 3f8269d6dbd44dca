import LuaRuntime

extension ScriptModule {
    /// `html`: bodies in HTML.
    static let html = ScriptModule(
        name: "html",
        summary: "Bodies in HTML.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [ScriptParameter("content", .string, summary: "The HTML.")],
                result: "graph.itemBody body",
                summary: "A body of the content type html; in an announcement its {{variables}} are escaped.",
                example: "local body = html [[<p>Rest and recharge.</p>]]"
            ),
            ScriptFunction(
                name: "escape",
                parameters: [ScriptParameter("text", .string, summary: "Any text.")],
                result: "string html",
                summary: "The text with the characters that HTML gives a meaning written as references.",
                example: "print(html.escape(\"R&D <Berlin>\"))",
                body: .immediate { _, json throws(HostError) in
                    let text = try ScriptArguments(json).string(0)
                    return ScriptReply.string(text.htmlEscaped)
                }
            ),
        ],
        lua: bodyMaker("html")
    )

    /// `text`: bodies in plain text.
    static let text = ScriptModule(
        name: "text",
        summary: "Bodies in plain text.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [ScriptParameter("content", .string, summary: "The text.")],
                result: "graph.itemBody body",
                summary: "A body of the content type text.",
                example: "local body = text \"Rest and recharge.\""
            )
        ],
        lua: bodyMaker("text")
    )

    private static func bodyMaker(_ type: String) -> String {
        """
        local host, globals, internal = ...
        internal.modules.\(type) = {
          [""] = function(content) return { contentType = "\(type)", content = content } end,
        }
        """
    }
}
