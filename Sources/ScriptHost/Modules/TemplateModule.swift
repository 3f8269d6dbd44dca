import GraphModel
import LuaRuntime

extension ScriptModule {
    /// `template`: texts with variables.
    static let template = ScriptModule(
        name: "template",
        summary: "Texts with {{variables}} and {{#sections}}…{{/sections}} (Mustache).",
        functions: [
            ScriptFunction(
                name: "render",
                parameters: [
                    ScriptParameter("source", .string, summary: "The template."),
                    ScriptParameter("values", .table, summary: "The variables' values."),
                    ScriptParameter(
                        "options",
                        .table,
                        type: "template.options",
                        optional: true,
                        summary: "How to render it.",
                        fields: [escape]
                    ),
                ],
                result: "string text",
                summary: "The template with its variables filled in; a variable that is missing is an error.",
                errors: [badTemplate, missingVariable],
                example: #"print(template.render("Hello {{name}}", { name = "Contoso" }))"#
            ),
            ScriptFunction(
                name: "compile",
                parameters: [
                    ScriptParameter("source", .string, summary: "The template."),
                    ScriptParameter(
                        "options",
                        .table,
                        type: "template.options",
                        optional: true,
                        summary: "How to render it.",
                        fields: [escape]
                    ),
                ],
                result: "fun(values: table): string render",
                summary: "A function that renders the template with the values it is given: read once, used often.",
                errors: [badTemplate, missingVariable],
                example: #"local greet = template.compile "Hello {{name}}"  print(greet { name = "Contoso" })"#
            ),
        ],
        primitives: [
            ScriptPrimitive(
                "template.open",
                .immediate { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let escape = arguments[1].string ?? "none"
                    guard escape == "html" || escape == "none" else {
                        throw HostError(
                            code: "badArgument",
                            message: "template: escape must be \"html\" or \"none\", not \"\(escape)\""
                        )
                    }
                    let source = try arguments.string(0)
                    do throws(Template.Fault) {
                        let template = try Template(
                            source,
                            escaping: escape == "html" ? .html : .none
                        )
                        return ScriptReply.integer(context.objects.templates.insert(template))
                    } catch {
                        throw HostError(code: "badTemplate", message: error.message)
                    }
                }
            ),
            ScriptPrimitive(
                "template.fill",
                .immediate { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let template = try context.objects.templates(try arguments.integer(0))
                    var members: [String: JSONValue] = [:]
                    if case .object(let values) = arguments[1] { members = values }
                    do throws(Template.MissingVariable) {
                        return ScriptReply.string(try template.render(TemplateObject(members: members)))
                    } catch {
                        throw HostError(
                            code: "missingVariable",
                            message: "the template's variable {{\(error.name)}} is missing from the values"
                        )
                    }
                }
            ),
        ],
        lua: """
            local host, globals, internal = ...
            local open, fill = host["template.open"], host["template.fill"]
            internal.modules.template = {
              compile = function(source, options)
                local handle = open(source, options and options.escape or "none")
                return function(values) return fill(handle, values or {}) end
              end,
              render = function(source, values, options)
                return fill(open(source, options and options.escape or "none"), values)
              end,
            }
            """
    )

    private static let escape = ScriptParameter(
        "escape",
        .string,
        type: "\"html\"|\"none\"",
        optional: true,
        summary: "\"html\" escapes what {{name}} stands for; \"none\" is the default."
    )

    private static let badTemplate = ScriptErrorCode("badTemplate", if: "the template is malformed")
    private static let missingVariable = ScriptErrorCode("missingVariable", if: "the values lack a variable")
}
