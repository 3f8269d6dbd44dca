import GraphModel

/// The page on which a person says who they are and what a program may do: plain HTML, without scripts.
struct SignInPage: Sendable {
    /// What a person got wrong.
    struct Problem: Error {
        var message: String
        init(_ message: String) { self.message = message }
    }

    var action: String
    var title: String
    var people: [Person]
    /// The program that asks; nil if a code names it.
    var client: String?
    /// What it asks for.
    var scopes: String?
    /// Where the browser may be sent afterwards.
    var redirectOrigin: String?
    var asksForUserCode = false
    var userCode = ""
    /// The user who is filled in.
    var chosen = ""
    /// What is handed on unseen.
    var hidden: [(String, String)] = []
    var problem: String?

    init(action: String, title: String, people: [Person]) {
        self.action = action
        self.title = title
        self.people = people
    }

    /// The page.
    func response(status: Int = 200) -> GraphResponse {
        var body = "<h1>\(Self.escape(title))</h1>\n"
        if let problem { body += "<p role=\"alert\">\(Self.escape(problem))</p>\n" }
        if let client, let scopes {
            body += """
                <p><strong>\(Self.escape(client))</strong> asks to act in your name with these permissions:</p>
                <p><code>\(Self.escape(scopes))</code></p>

                """
        }
        body += "<form method=\"post\" action=\"\(Self.escape(action))\">\n"
        for (name, value) in hidden {
            body += "<input type=\"hidden\" name=\"\(Self.escape(name))\" value=\"\(Self.escape(value))\">\n"
        }
        if asksForUserCode {
            body += Self.field("user_code", "Code shown on the other device", value: userCode)
        }
        body += Self.field("user", "User to sign in as: an address of the store", value: chosen, list: "people")
        body += "<datalist id=\"people\">\n"
        for person in people {
            body += "<option value=\"\(Self.escape(person.address))\">\(Self.escape(person.displayName))</option>\n"
        }
        body += "</datalist>\n"
        body += Self.field("sign_in_code", "Sign-in code, which the server showed when it started", type: "password")
        body += """
            <p><button name="decision" value="approve">Approve</button>
            <button name="decision" value="deny" formnovalidate>Decline</button></p>
            </form>

            """
        return Self.page(title, body, status: status, formAction: redirectOrigin.map { "'self' \($0)" } ?? "'self'")
    }

    /// A page that only says something.
    static func message(_ title: String, _ text: String, status: Int = 200) -> GraphResponse {
        page(title, "<h1>\(escape(title))</h1>\n<p>\(escape(text))</p>\n", status: status, formAction: "'none'")
    }

    /// A page whose button sends an answer to the client (OAuth 2.0 Form Post Response Mode).
    static func formPost(to uri: String, origin: String, _ fields: [(String, String)]) -> GraphResponse {
        let inputs = fields.map { name, value in
            "<input type=\"hidden\" name=\"\(escape(name))\" value=\"\(escape(value))\">\n"
        }
        let script = "document.forms[0].submit()"
        let body = """
            <h1>Back to the application</h1>
            <form method="post" action="\(escape(uri))">
            \(inputs.joined())<p><button>Continue</button></p>
            </form>
            <script>\(script)</script>

            """
        let hash = Base64.encode(SecretHash.of(script))
        return page("Back to the application", body, status: 200, formAction: origin, script: "'sha256-\(hash)'")
    }

    private static func field(
        _ name: String,
        _ label: String,
        value: String = "",
        type: String = "text",
        list: String? = nil
    ) -> String {
        let list = list.map { " list=\"\($0)\"" } ?? ""
        return """
            <p><label for="\(name)">\(label)</label><br>
            <input id="\(name)" name="\(name)" type="\(type)" value="\(escape(value))"\(list) required \
            autocomplete="off" spellcheck="false"></p>

            """
    }

    private static let style =
        "body{font:1.1rem/1.5 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}"
        + "input,button{font:inherit;padding:.4rem .6rem}input{width:100%;box-sizing:border-box}"
        + "[role=alert]{border-left:.3rem solid #b00020;padding-left:.8rem}code{overflow-wrap:anywhere}"

    private static func page(
        _ title: String,
        _ body: String,
        status: Int,
        formAction: String,
        script: String = "'none'"
    ) -> GraphResponse {
        let html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(escape(title)) - Herald</title>
            <style>\(style)</style>
            </head>
            <body>
            <main>
            \(body)</main>
            </body>
            </html>

            """
        let hash = Base64.encode(SecretHash.of(style))
        return GraphResponse(
            status: status,
            headers: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store",
                "Content-Security-Policy":
                    "default-src 'none'; style-src 'sha256-\(hash)'; script-src \(script); form-action \(formAction); "
                    + "frame-ancestors 'none'; base-uri 'none'",
                "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            ],
            body: Array(html.utf8)
        )
    }

    /// Text in HTML, inside or outside of a quoted attribute.
    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
