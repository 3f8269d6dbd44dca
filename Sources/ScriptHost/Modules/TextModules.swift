import GraphModel
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

    /// `markdown`: bodies written in Markdown.
    static let markdown = ScriptModule(
        name: "markdown",
        summary: "Bodies written in GitHub Flavored Markdown, made into HTML once.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [
                    ScriptParameter(
                        "content",
                        .string,
                        summary: "The Markdown, up to \(Markdown.maximumSize >> 10) KiB."
                    )
                ],
                result: "graph.itemBody body",
                summary:
                    "A body of the content type html. In an announcement its {{variables}} are escaped and are no Markdown; a "
                    + "section's tag on a line of its own encloses paragraphs, lists or rows of a table. HTML in it is shown "
                    + "as text.",
                errors: [
                    ScriptErrorCode("badArgument", if: "it is too long"),
                    ScriptErrorCode("badTemplate", if: "a section's tag stands where Markdown shows no text"),
                ],
                example: "local body = markdown \"# Rest days\\n\\nHello **{{displayName}}**, rest and recharge.\""
            ),
            ScriptFunction(
                name: "escape",
                parameters: [ScriptParameter("text", .string, summary: "Any text.")],
                result: "string markdown",
                summary: "The text in one line, with a backslash before each sign that Markdown gives a meaning.",
                example: "print(markdown.escape(\"*R&D* <Berlin>\"))",
                body: .immediate { _, json throws(HostError) in
                    ScriptReply.string(Markdown.escaped(try ScriptArguments(json).string(0)))
                }
            ),
        ],
        primitives: [
            ScriptPrimitive(
                "markdown.convert",
                .immediate { _, json throws(HostError) in
                    let source = try ScriptArguments(json).string(0)
                    guard source.utf8.count <= Markdown.maximumSize else {
                        throw HostError(
                            code: "badArgument",
                            message: "markdown: \(source.utf8.count) bytes; \(Markdown.maximumSize) are allowed"
                        )
                    }
                    do throws(Markdown.Fault) {
                        return ScriptReply.string(try Markdown(source).html)
                    } catch {
                        throw HostError(code: "badTemplate", message: "markdown: \(error.message)")
                    }
                }
            )
        ],
        lua: """
            local host, globals, internal = ...
            local convert = host["markdown.convert"]
            internal.modules.markdown = {
              [""] = function(content) return { contentType = "html", content = convert(content) } end,
            }
            """
    )

    /// `file`: files beside the script.
    static let file = ScriptModule(
        name: "file",
        summary: "Files beside the script, to attach them.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [
                    ScriptParameter("path", .string, summary: "A file below the script's folder."),
                    ScriptParameter(
                        "options",
                        .table,
                        type: "file.options",
                        optional: true,
                        summary: "How it arrives.",
                        fields: [
                            ScriptParameter(
                                "name",
                                .string,
                                optional: true,
                                summary: "Its name for whoever gets it; that of the file if nothing is said."
                            )
                        ]
                    ),
                ],
                result: "file.attachment attachment",
                summary: "A file for `attachments`; it is read once, when the announcement is made.",
                example: """
                    announce {
                      name  = "groups-2026",
                      to    = csv.read "groups.csv",
                      topic = "All groups",
                      body  = text "The list is attached.",
                      attachments = { file("groups.csv", { name = "All groups.csv" }) },
                    }
                    """
            )
        ],
        classes: [
            ScriptClass(
                "file.attachment",
                summary: "A file beside the script, as `attachments` takes it.",
                fields: [
                    ScriptField("file", "string", summary: "Where it is."),
                    ScriptField("name", "string", optional: true, summary: "Its name for whoever gets it."),
                ]
            )
        ],
        lua: """
            local host, globals, internal = ...
            internal.modules.file = {
              [""] = function(path, options) return { file = path, name = options and options.name } end,
            }
            """
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
