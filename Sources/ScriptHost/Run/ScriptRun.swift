import Announcements
package import LuaRuntime

/// One execution of a script in its sandbox, with the modules of Herald.
package struct ScriptRun: Sendable {
    private let context: ScriptContext
    private let script: LuaChunk
    private let limits: ScriptLimits
    private let modules: [ScriptModule]

    /// Prepares a run; nothing is executed yet.
    ///
    /// - Parameters:
    ///   - script: What is to be executed.
    ///   - context: What its modules may touch.
    ///   - limits: What it is granted; its header may ask for less.
    ///   - modules: What it finds.
    /// - Throws: ``LuaError`` if its header is at fault.
    package init(
        _ script: LuaChunk,
        context: ScriptContext,
        limits: ScriptLimits,
        modules: [ScriptModule] = ScriptModule.all
    ) throws(LuaError) {
        let limits = try ScriptHeader.tighten(limits, by: script)
        var context = context
        self.script = script
        context.objects = RunObjects(limits: limits)
        self.context = context
        self.limits = limits
        self.modules = modules
    }

    /// The sources of the script and of the modules that it has loaded so far, by the names that errors show.
    package var sources: [String: [UInt8]] {
        context.objects.sources.merging([script.name: script.source]) { _, script in script }
    }

    /// Executes the script to its end.
    ///
    /// When the surrounding task is cancelled, an announcement under way settles what is in flight, and the script is
    /// ended.
    ///
    /// - Throws: ``LuaError`` if the script raised an error or a limit ended it.
    package func execute() async throws {
        let installer = ModuleInstaller(modules, context: context)
        let vm = try await ScriptVM(limits: limits, functions: installer.functions, prelude: installer.prelude)
        do throws(LuaError) {
            try await vm.run(script)
        } catch {
            await context.objects.settle()
            throw error
        }
        await context.objects.settle()
    }
}
