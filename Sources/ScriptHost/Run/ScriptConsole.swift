import GraphModel
package import LuaRuntime
import Synchronization

/// A sandbox that stays open and takes its input bit by bit; globals live on from one to the next.
package final class ScriptConsole: Sendable {
    /// What became of an input that raised no error.
    package enum Outcome: Sendable, Equatable {
        case done
        /// It could go on: another line may complete it.
        case incomplete
    }

    private let vm: ScriptVM
    private let context: ScriptContext
    private let names: Names

    /// Opens a sandbox.
    ///
    /// - Parameters:
    ///   - context: What its modules may touch.
    ///   - limits: What it may use.
    ///   - show: Takes the values of expressions, as text that ends its last line.
    /// - Throws: ``LuaError`` if there is no memory for it.
    package init(
        context: ScriptContext,
        limits: ScriptLimits,
        show: @escaping @Sendable (String) -> Void
    ) async throws(LuaError) {
        var context = context
        context.objects = RunObjects(limits: limits)
        let names = Names()
        let modules = ScriptModule.all + [Self.module(show: show, names: names)]
        let installer = ModuleInstaller(modules, context: context)
        vm = try await ScriptVM(limits: limits, functions: installer.functions, prelude: installer.prelude)
        self.context = context
        self.names = names
    }

    /// Evaluates an input: shows the values of an expression, or executes statements.
    ///
    /// - Parameters:
    ///   - text: The input; "=" may stand before an expression.
    ///   - name: What errors call it.
    /// - Returns: Whether it was complete; what is not has not been executed.
    /// - Throws: ``LuaError``; after a limit nothing can be evaluated any more.
    package func evaluate(_ text: String, named name: String) async throws(LuaError) -> Outcome {
        let source = "(\"\")[\"\(Self.entry)\"](\(Self.literal(text)), \(Self.literal(name)))"
        do throws(LuaError) {
            try await vm.run(LuaChunk(name: Self.frame, source: Array(source.utf8)))
        } catch {
            await context.objects.settle()
            if error.code == Self.incomplete { return .incomplete }
            throw Self.cleaned(error)
        }
        await context.objects.settle()
        return .done
    }

    /// The names of globals and of what is in tables that are: `graph`, `graph.groups`.
    package func globalNames() async -> [String] {
        let source = Array("(\"\")[\"\(Self.listing)\"]()".utf8)
        try? await vm.run(LuaChunk(name: Self.frame, source: source))
        return names.list
    }

    /// The sources of the modules that have been loaded, by the names that errors show.
    package var sources: [String: [UInt8]] { context.objects.sources }

    // MARK: The way in

    // The functions are methods of strings, which no script can list: so they stand in no one's way, and nothing that is
    // done to the globals breaks them.
    private static let entry = "(evaluate)"
    private static let listing = "(names)"
    /// The chunk that calls them, which people do not see.
    private static let frame = "(console)"
    private static let incomplete = "herald.incompleteInput"

    private static func cleaned(_ error: LuaError) -> LuaError {
        var error = error
        error.traceback.removeAll { $0.hasPrefix(frame + ":") }
        if error.script == frame { (error.script, error.line) = (nil, nil) }
        return error
    }

    private static func literal(_ text: String) -> String {
        var literal = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, 0x7F...:
                let digits = String(byte)
                literal += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            default: literal.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return literal + "\""
    }

    private final class Names: Sendable {
        private let content = Mutex<[String]>([])

        var list: [String] {
            get { content.withLock { $0 } }
            set { content.withLock { $0 = newValue } }
        }
    }

    private static func module(show: @escaping @Sendable (String) -> Void, names: Names) -> ScriptModule {
        ScriptModule(
            name: "string",  // what it adds are methods of strings, under names that cannot be written
            summary: "",
            functions: [],
            primitives: [
                ScriptPrimitive(
                    "console.show",
                    .immediate { _, json throws(HostError) in
                        show(try ScriptArguments(json).string(0))
                        return ScriptReply.nothing
                    }
                ),
                ScriptPrimitive(
                    "console.names",
                    .immediate { _, json throws(HostError) in
                        names.list = try ScriptArguments(json)[0].elements?.compactMap(\.string) ?? []
                        return ScriptReply.nothing
                    }
                ),
            ],
            lua: ValueText.lua + evaluation
        )
    }

    private static let evaluation = """
        local show, list_names, fail = host["console.show"], host["console.names"], internal.fail

        local function put(...)
          local values = table.pack(...)
          for i = 1, values.n do show(internal.show(values[i]) .. "\\n") end
        end

        local function unfinished(message) return string.sub(message, -5) == "<eof>" end

        internal.string_methods["\(entry)"] = function(text, name)
          name = "=" .. name
          local expression, marks = string.gsub(text, "^%s*=", "", 1)
          local chunk, message = load("return " .. expression, name)
          if not chunk then
            local first = message
            if marks == 0 then chunk, message = load(text, name) end
            if not chunk then
              if unfinished(first) or unfinished(message) then fail("\(incomplete)", message) end
              fail("syntax", message)
            end
          end
          put(chunk())
        end

        local function is_name(key) return type(key) == "string" and string.find(key, "^[%a_][%w_]*$") ~= nil end

        internal.string_methods["\(listing)"] = function()
          local names = {}
          for key, value in next, globals do
            if is_name(key) then
              names[#names + 1] = key
              if type(value) == "table" and key ~= "_G" then
                for member in next, value do
                  if is_name(member) then names[#names + 1] = key .. "." .. member end
                  if #names > 5000 then break end
                end
              end
            end
          end
          list_names(names)
        end
        """
}
