import Announcements
package import LuaRuntime

/// One execution of a script in its sandbox, with the modules of Herald.
package struct ScriptRun: Sendable {
    private let context: ScriptContext
    private let limits: ScriptLimits

    /// Prepares a run; nothing is executed yet.
    package init(context: ScriptContext, limits: ScriptLimits) {
        var context = context
        context.objects = RunObjects(limits: limits)
        self.context = context
        self.limits = limits
    }

    /// The sources of the modules that the script has loaded so far, by the names that errors show.
    package var sources: [String: [UInt8]] { context.objects.sources }

    /// Executes a script to its end.
    ///
    /// When the surrounding task is cancelled, an announcement under way settles what is in flight, and the script is
    /// ended.
    ///
    /// - Throws: ``LuaError`` if the script raised an error or a limit ended it.
    package func execute(_ script: LuaChunk) async throws {
        let installer = ModuleInstaller(ScriptModule.all, context: context)
        let vm = try await ScriptVM(limits: limits, functions: installer.functions, prelude: installer.prelude)
        try await vm.run(script)
    }
}
