import Announcements
import GraphModel
import LuaRuntime

/// What is attached to an announcement's posts: the files that its script lists, and the pictures that a body shows.
///
/// Each file is read once, and what posts have in common is put together once.
actor AttachmentShelf {
    /// What is attached to a post, or what a body shows that is not there.
    enum Selection: Sendable {
        case none
        /// The member `attachments` with the comma before it; where it belongs is for the post to say.
        case attached(SharedPart)
        /// A picture that cannot be attached, and why.
        case missing(picture: String, reason: String)
    }

    private let listed: [AttachedFile]
    private let files: ScriptFiles
    private var pictures: [String: Result<AttachedFile, HostError>] = [:]
    private var selections: [[String]: Selection] = [:]

    private let neighbour: any Actor

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe neighbour.unownedExecutor }

    /// A shelf.
    ///
    /// - Parameters:
    ///   - listed: The files that the script lists.
    ///   - files: Where pictures are found.
    ///   - neighbour: Who asks for each target, and where it therefore runs.
    init(_ listed: [AttachedFile], files: ScriptFiles, beside neighbour: any Actor) {
        self.listed = listed
        self.files = files
        self.neighbour = neighbour
    }

    /// The largest thing that has been put together, in bytes.
    private(set) var largest = 0

    /// What is attached to a post whose body shows these pictures.
    func selection(showing ids: [String]) async -> Selection {
        if let known = selections[ids] { return known }
        let selection = await make(ids)
        selections[ids] = selection
        if case .attached(let part) = selection { largest = max(largest, part.bytes.count) }
        return selection
    }

    private func make(_ ids: [String]) async -> Selection {
        var shown: [(file: AttachedFile, id: String)] = []
        for id in ids where !listed.contains(where: { $0.answers(to: id) }) {
            switch await picture(id) {
            case .success(let file): shown.append((file, id))
            case .failure(let error): return .missing(picture: id, reason: error.message)
            }
        }
        guard !listed.isEmpty || !shown.isEmpty else { return .none }
        var writer = JSONWriter(capacity: 1024)
        writer.array { writer in
            for file in listed { file.write(to: &writer, shownAs: ids.first { file.answers(to: $0) }) }
            for (file, id) in shown { file.write(to: &writer, shownAs: id) }
        }
        return .attached(SharedPart(Array(#","attachments":"#.utf8) + writer.bytes, at: 0))
    }

    private func picture(_ id: String) async -> Result<AttachedFile, HostError> {
        if let known = pictures[id] { return known }
        let found: Result<AttachedFile, HostError>
        do throws(HostError) {
            found = .success(try await AttachedFile(id, files: files))
        } catch {
            found = .failure(error)
        }
        pictures[id] = found
        return found
    }
}
