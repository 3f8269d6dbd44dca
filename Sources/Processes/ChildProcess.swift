import CProcess
package import Foundation
import Synchronization

/// A process of its own.
///
/// Foundation's `Process` reads past the end of a buffer when it lists the open files (`findMaximumOpenFromProcSelfFD`), and
/// now and then that ends the process that starts another; hence `posix_spawn`.
package final class ChildProcess: Sendable {
    /// Why a process cannot be started.
    package struct SpawnFailure: Error, CustomStringConvertible {
        /// The system's error number.
        package var number: Int32

        package var description: String { unsafe String(cString: strerror(number)) }
    }

    /// How a process ended: the exit status, or the number of the signal that ended it.
    package struct Ending: Sendable {
        package var status: Int32
        package var wasKilled: Bool
    }

    private let identifier: pid_t
    private let isReaped = Mutex(false)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: Its path.
    ///   - arguments: Without its name.
    ///   - folder: Where it runs; nil is here.
    ///   - environment: All that stands in its environment; nil is what stands in ours.
    ///   - input: Its standard input; nil is an empty one.
    ///   - output: Its standard output; nil lets what it writes vanish.
    ///   - error: Its standard error; nil is ours.
    /// - Throws: ``SpawnFailure``.
    package init(
        _ executable: String,
        _ arguments: [String],
        folder: String? = nil,
        environment: [String: String]? = nil,
        input: FileHandle? = nil,
        output: FileHandle?,
        error: FileHandle?
    ) throws(SpawnFailure) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input.fileDescriptor, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let output {
            unsafe posix_spawn_file_actions_adddup2(&actions, output.fileDescriptor, 1)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        if let error { unsafe posix_spawn_file_actions_adddup2(&actions, error.fileDescriptor, 2) }
        // What else is open here is none of the child's: an end of somebody's pipe that it kept would never show its end.
        unsafe spawn_close_from(&actions, 3)

        // A thread of Dispatch's blocks all signals, and the child would inherit that.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        // That this process takes no notice of a broken pipe is none of the child's business, either.
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        unsafe sigaddset(&defaults, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // `env` changes the folder, and is then the program itself.
        let command = folder.map { ["/usr/bin/env", "--chdir", $0, executable] } ?? [executable]
        let variables = environment ?? ProcessInfo.processInfo.environment
        let words = unsafe (command + arguments).map { unsafe strdup($0) } + [nil]
        let settings = unsafe variables.map { unsafe strdup($0.key + "=" + $0.value) } + [nil]
        let texts = unsafe words + settings
        defer { for index in unsafe texts.indices { unsafe free(texts[index]) } }
        var identifier: pid_t = 0
        let number = unsafe posix_spawn(&identifier, command[0], &actions, &attributes, words, settings)
        guard number == 0 else { throw SpawnFailure(number: number) }
        self.identifier = identifier
    }

    /// Sends a signal, unless the process has ended.
    package func send(_ signal: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { kill(identifier, signal) }
        }
    }

    /// Waits for the end; to be asked once.
    package func ending() async -> Ending {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in continuation.resume(returning: reap()) }
        }
    }

    private func reap() -> Ending {
        var information = unsafe siginfo_t()
        // The number stays the process's own until it is reaped, which no signal may come after.
        while unsafe waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return isReaped.withLock { isReaped in
            var status: Int32 = 0
            while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
            isReaped = true
            let signal = status & 0x7F
            return Ending(status: signal == 0 ? status >> 8 & 0xFF : signal, wasKilled: signal != 0)
        }
    }
}
