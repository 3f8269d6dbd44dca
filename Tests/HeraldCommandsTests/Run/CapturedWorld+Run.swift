import Foundation
import GraphModel

@testable import HeraldCommands

extension CapturedWorld {
    /// The examples that Herald comes with.
    static let examples = URL(filePath: #filePath).appending(path: "../../../../examples").standardizedFileURL

    /// What is in the store.
    var store: StoreContent { StoreContent(path: folder + "/state/graph.sqlite") }

    /// Copies an example into the folder.
    func copyExample(_ name: String) throws {
        try FileManager.default.copyItem(
            atPath: Self.examples.appending(path: name).path,
            toPath: folder + "/" + name
        )
    }

    /// Puts the store and the ledger aside as they are now.
    func keepStore() throws {
        try? FileManager.default.removeItem(atPath: folder + "/kept")
        try FileManager.default.copyItem(atPath: folder + "/state", toPath: folder + "/kept")
    }

    /// Takes up the store and the ledger that were put aside.
    func restoreStore() throws {
        try FileManager.default.removeItem(atPath: folder + "/state")
        try FileManager.default.copyItem(atPath: folder + "/kept", toPath: folder + "/state")
    }
}
