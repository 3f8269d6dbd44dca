import GraphModel

/// A command that was asked for one JSON document: where it fails before it has one, it writes why.
protocol JSONCommand {
    /// Whether it was asked for JSON.
    var json: Bool { get }
}

extension JSONCommand {
    /// Writes why there is no other document: `{"error":{"message":"…"}}`.
    func write(_ failure: Failure, to sink: ByteSink) {
        guard json else { return }
        try? sink.write(failure.json + [UInt8(ascii: "\n")])
    }
}

extension Failure {
    /// The failure for programs, whose members stay as they are.
    var json: [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("error")
                writer.object { writer in writer.member("message", message) }
            }
        }
    }
}

extension HeraldCommand.Apply: JSONCommand {}

extension HeraldCommand.Undo: JSONCommand {
    var json: Bool { options.json }
}

extension HeraldCommand.Retry: JSONCommand {
    var json: Bool { options.json }
}

extension HeraldCommand.Correct: JSONCommand {
    var json: Bool { options.json }
}

extension HeraldCommand.Run: JSONCommand {
    var json: Bool { options.json }
}

extension HeraldCommand.Resume: JSONCommand {
    var json: Bool { options.json }
}

extension HeraldCommand.Plan.Make: JSONCommand {}
