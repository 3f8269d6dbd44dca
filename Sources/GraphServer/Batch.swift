import GraphModel

/// Several requests sent as one, some of which may wait for others (reference, section 12).
struct Batch: Sendable {
    /// The most requests that one batch may have.
    static let maximumItems = 20

    private let items: [BatchItem]
    /// For each item, the positions of those it waits for.
    private let dependencies: [[Int]]

    /// Reads the body of `POST /$batch`.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - mode: Whether an item may wait for one that stands behind it; strictly, it may not.
    /// - Throws: ``GraphError`` if an id stands twice, an item waits for one that is not there, or for itself by way of
    ///   others.
    init(_ body: [UInt8], mode: ServerMode = .lenient) throws(GraphError) {
        let items = try BatchItem.read(body)
        var positions: [String: Int] = [:]
        for (position, item) in items.enumerated() {
            guard positions.updateValue(position, forKey: item.id.lowercased()) == nil else {
                throw GraphError(
                    400,
                    .badRequest,
                    "The id '\(item.id.prefix(80))' stands twice; each request of a batch has its own.",
                    target: "/requests/\(position)/id"
                )
            }
        }
        var dependencies: [[Int]] = []
        for (position, item) in items.enumerated() {
            var others: [Int] = []
            for id in item.dependsOn {
                guard let other = positions[id.lowercased()], other != position else {
                    throw Self.invalidDependency(of: item, at: position)
                }
                guard other < position || mode == .lenient else {
                    throw Self.invalidDependency(
                        of: item,
                        at: position,
                        "it names a request that stands behind it; this server is strict, and goes by their order"
                    )
                }
                others.append(other)
            }
            dependencies.append(others)
        }
        var settled: Set<Int> = []
        while settled.count < items.count {
            let ready = items.indices.filter { !settled.contains($0) && dependencies[$0].allSatisfy(settled.contains) }
            guard !ready.isEmpty else {
                let stuck = items.indices.first { !settled.contains($0) } ?? 0
                throw Self.invalidDependency(of: items[stuck], at: stuck)
            }
            settled.formUnion(ready)
        }
        self.items = items
        self.dependencies = dependencies
    }

    private static func invalidDependency(
        of item: BatchItem,
        at position: Int,
        _ reason: String = "it names no other request of the batch, or the requests wait for one another"
    ) -> GraphError {
        GraphError(
            400,
            .badRequest,
            "Invalid dependency for request Id '\(item.id.prefix(80))': \(reason).",
            target: "/requests/\(position)/dependsOn"
        )
    }

    /// Asks for everything, side by side where nothing says otherwise.
    ///
    /// What takes longer than it may is answered with 504, and what waits for it with 424.
    ///
    /// - Parameters:
    ///   - limits: How long an item, and all of them together, may take.
    ///   - answer: Answers one item.
    /// - Returns: The body of the answer, its items in the order of the requests.
    func run(
        within limits: BatchLimits,
        _ answer: @escaping @Sendable (BatchItem) async -> GraphResponse
    ) async -> [UInt8] {
        let end = ContinuousClock.now + limits.whole
        let responses = await withTaskGroup(of: (Int, GraphResponse).self) { group in
            var started: Set<Int> = []
            var done: [Int: GraphResponse] = [:]
            func startReady() {
                for position in items.indices where !started.contains(position) {
                    guard dependencies[position].allSatisfy({ done[$0] != nil }) else { continue }
                    started.insert(position)
                    let item = items[position]
                    let failed = dependencies[position].contains { (done[$0]?.status ?? 0) >= 400 }
                    group.addTask {
                        (
                            position,
                            failed
                                ? Self.failedDependency
                                : await Self.answer(item, before: min(end, .now + limits.item), answer)
                        )
                    }
                }
            }
            startReady()
            while let (position, response) = await group.next() {
                done[position] = response
                startReady()
            }
            return done
        }
        return JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("responses")
                writer.array { writer in
                    for (position, item) in items.enumerated() {
                        guard let response = responses[position] else { continue }
                        Self.write(response, to: item, &writer)
                    }
                }
            }
        }
    }

    /// The answer to an item, or 504 if it did not come in time; what the item then still does is not known.
    private static func answer(
        _ item: BatchItem,
        before deadline: ContinuousClock.Instant,
        _ answer: @escaping @Sendable (BatchItem) async -> GraphResponse
    ) async -> GraphResponse {
        let (answers, continuation) = AsyncStream.makeStream(of: GraphResponse.self)
        // No child: a batch cannot wait for an item that does not end when it is told to.
        let work = Task { continuation.yield(await answer(item)) }
        let alarm = Task {
            try await Task.sleep(until: deadline)
            continuation.yield(timedOut)
        }
        defer { alarm.cancel() }
        var iterator = answers.makeAsyncIterator()
        let response = await iterator.next() ?? timedOut
        work.cancel()
        return response
    }

    private static let timedOut = GraphResponse(
        status: 504,
        json: JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("error")
                writer.object { writer in
                    writer.member("code", "UnknownError")
                    writer.member(
                        "message",
                        "The request took longer than it may in a batch. Look whether it was done."
                    )
                }
            }
        }
    )

    private static let failedDependency = GraphResponse(
        status: 424,
        json: JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("error")
                writer.object { writer in
                    writer.member("code", GraphError.Code.failedDependency.rawValue)
                    writer.member("message", "A request that this one depends on has failed.")
                }
            }
        }
    )

    private static func write(_ response: GraphResponse, to item: BatchItem, _ writer: inout JSONWriter) {
        let isJSON = response.headers["Content-Type"]?.hasPrefix("application/json") ?? true
        writer.object { writer in
            writer.member("id", item.id)
            writer.member("status", response.status)
            writer.name("headers")
            writer.object { writer in
                for (name, value) in response.headers.fields where name.lowercased() != "content-type" {
                    writer.name(name)
                    writer.string(value)
                }
                guard !response.body.isEmpty else { return }
                writer.member("Content-Type", isJSON ? "application/json" : response.headers["Content-Type"])
            }
            guard !response.body.isEmpty else { return }
            writer.name("body")
            if isJSON {
                writer.raw(response.body)
            } else {
                writer.string(Base64.encode(response.body))
            }
        }
    }
}
