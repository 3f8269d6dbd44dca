package import GraphModel

/// Carries out a plan: its announcements and its single writes, in the order of the plan.
package struct PlanCourse: Sendable {
    /// Who is asked, and told, while it goes on.
    package struct Watcher: Sendable {
        /// Asked before the posts of an announcement are sent, of which some reply in the thread of an earlier one: throws
        /// why they are not to be.
        package var confirm: @Sendable (AnnouncementTally, Set<GroupID>, _ replies: Int) async throws -> Void
        /// Who is told, and asked, while an announcement goes out.
        package var watch: @Sendable (_ announcement: String) -> WaveWatcher
        /// Told when an announcement has been delivered, or as much of it as could be: it may end the course.
        package var finished: @Sendable (AnnouncementTally, [Finding], Delivery.Halt?) throws -> Void

        package init(
            confirm: @escaping @Sendable (AnnouncementTally, Set<GroupID>, Int) async throws -> Void,
            watch: @escaping @Sendable (String) -> WaveWatcher,
            finished: @escaping @Sendable (AnnouncementTally, [Finding], Delivery.Halt?) throws -> Void
        ) {
            self.confirm = confirm
            self.watch = watch
            self.finished = finished
        }
    }

    private let plan: PlanRecord
    private let ledger: Ledger
    private let service: any GraphService
    private let delivery: Delivery
    /// The groups that want nothing, whenever they said so.
    private let excluded: Set<GroupID>

    /// A course.
    ///
    /// - Parameters:
    ///   - plan: What is carried out.
    ///   - ledger: Where it stands.
    ///   - service: What remembers single writes and sends them: a ``LedgerService`` for the run.
    ///   - delivery: How posts are sent.
    ///   - excluded: The groups that are left out, whatever the plan says.
    package init(
        _ plan: PlanRecord,
        ledger: Ledger,
        service: any GraphService,
        delivery: Delivery,
        excluding excluded: Set<GroupID> = []
    ) {
        self.plan = plan
        self.ledger = ledger
        self.service = service
        self.delivery = delivery
        self.excluded = excluded
    }

    /// Carries it out; what has been done already, by a run that did not come to its end, is not done again.
    ///
    /// - Throws: ``PlanFault`` if a single write is refused, or an id cannot be filled in; what `watcher` throws;
    ///   ``NoAnswer``; ``StorageError``.
    package func run(_ watcher: Watcher) async throws {
        var last: Int64 = 0
        let announced = try await ledger.lastOrdinals(ofPlan: plan.id)
        for announcement in announced {
            try await send(after: last, before: announcement.ordinal)
            try await announce(announcement.name, watcher)
            last = announcement.ordinal
        }
        try await send(after: last, before: .max)
        for planned in try await ledger.announcements(ofPlan: plan.id)
        where !announced.contains(where: { $0.name == planned.name }) {
            // No group is to get it, which the run says as well.
            var tally = AnnouncementTally(name: planned.name)
            tally.targets = planned.targets
            tally.skipped = planned.skipped
            tally.excluded = planned.excluded
            tally.duplicates = planned.duplicates
            try await ledger.record(tally, run: delivery.lease.run)
        }
    }

    // MARK: Announcements

    private func announce(_ name: String, _ watcher: Watcher) async throws {
        let plans = try await ledger.announcements(ofPlan: plan.id)
        guard let planned = plans.first(where: { $0.name == name }) else {
            throw PlanFault("The plan has posts of '\(name)', and does not say how they are sent.")
        }
        let draft = try await AnnouncementDraft(
            name: name,
            lease: delivery.lease,
            ledger: ledger,
            now: delivery.sender.now
        )
        await draft.adopt(planned)
        await draft.exclude(excluded)
        var last: Int64 = 0
        while true {
            let page = try await ledger.planItems(plan.id, .announcement(name), after: last)
            guard let end = page.last?.ordinal else { break }
            last = end
            for item in page {
                guard item.decision == .new, let post = item.post else {
                    await draft.take(item)
                    continue
                }
                if await draft.admit(post.group) { try await draft.add(post) }
            }
        }
        _ = try await draft.finish()
        do {
            let (groups, tally) = await draft.summary
            try await watcher.confirm(tally, groups, await draft.replies)
        } catch {
            try await draft.discard()
            throw error
        }
        let outcome = try await draft.deliver(
            by: delivery,
            in: try Waves(json: planned.settings),
            watcher: watcher.watch(name)
        )
        try watcher.finished(outcome.tally, outcome.findings, outcome.halt)
    }

    // MARK: Single writes

    private func send(after first: Int64, before end: Int64) async throws {
        var last = first
        while true {
            let page = try await ledger.planItems(plan.id, .writes, after: last)
            guard let place = page.last?.ordinal else { return }
            last = place
            for item in page {
                guard item.ordinal < end else { return }
                try Task.checkCancellation()
                try await send(item)
            }
        }
    }

    private func send(_ item: PlanItem) async throws {
        var values: [SymbolicID: String] = [:]
        for id in SymbolicUse.ids(in: item) { values[id] = try await value(of: id, for: item) }
        let item = SymbolicUse.filled(item, values)
        let (path, query) = item.address
        let request = GraphRequest(
            item.method,
            path,
            query: query,
            headers: item.headers,
            body: item.wholeBody,
            caller: delivery.caller,
            key: item.key
        )
        let response = try await service.respond(to: request)
        guard let error = response.error else { return }
        throw PlanFault(
            "Effect \(item.ordinal) of the plan, \(item.method.rawValue) \(path.prefix(160)), was refused: \(error.message) "
                + "(\(error.code)). What comes after it was not sent."
        )
    }

    // MARK: Ids

    /// The true id that stands for a symbolic one.
    private func value(of id: SymbolicID, for item: PlanItem) async throws -> String {
        let maker = try await ledger.planItems(plan.id, .writes, after: id.effect - 1, limit: 1).first
        guard let maker, maker.ordinal == id.effect, let answer = try await ledger.answer(to: maker.key) else {
            throw PlanFault(
                "Effect \(item.ordinal) of the plan needs \(id.text), and effect \(id.effect) has no answer."
            )
        }
        let body = answer.body.isEmpty ? JSONValue.object([:]) : (try? JSONValue(answer.body)) ?? .object([:])
        if let text = Self.walk(body, id.steps)?.string { return text }
        let location = answer.location ?? ""
        guard
            let own = body["id"]?.string
                ?? location.split(separator: "/").last.map({ PercentEncoding.decode(String($0)) })
        else { throw Self.untold(id, item) }
        if id.steps.count == 1 { return own }
        return try await look(for: id, in: maker, named: own, item)
    }

    private static func untold(_ id: SymbolicID, _ item: PlanItem) -> PlanFault {
        PlanFault(
            "Effect \(item.ordinal) of the plan needs \(id.text), and the backend did not say what effect \(id.effect) made."
        )
    }

    private static func walk(_ value: JSONValue, _ steps: [SymbolicID.Step]) -> JSONValue? {
        var value = value
        for step in steps {
            switch step {
            case .member(let name):
                guard let member = value[name] else { return nil }
                value = member
            case .element(let number):
                guard let elements = value.elements, number <= elements.count else { return nil }
                value = elements[number - 1]
            }
        }
        return value
    }

    /// Reads what an answer did not tell: the thread of a conversation, the post of a thread.
    private func look(
        for id: SymbolicID,
        in maker: PlanItem,
        named own: String,
        _ item: PlanItem
    ) async throws -> String {
        // The maker's own path may have had symbolic ids in it; what is looked for lies below its group.
        let group = SymbolicUse.ids(in: maker).isEmpty ? maker.address.path.split(separator: "/").prefix(2) : []
        guard group.count == 2 else { throw Self.untold(id, item) }
        let collection = maker.address.path.split(separator: "/").last.map(String.init) ?? "conversations"
        var path = "/" + group.joined(separator: "/") + "/" + collection + "/" + PercentEncoding.encode(own)
        var found = own
        var steps = id.steps.dropLast()[...]
        while case .member(let name)? = steps.popFirst(), case .element(let number)? = steps.popFirst() {
            let response = try await service.respond(
                to: GraphRequest(.get, path + "/" + name, query: "$top=\(number)", caller: delivery.caller)
            )
            guard response.isSuccess, let elements = try? JSONValue(response.body)["value"]?.elements,
                elements.count >= number, let next = elements[number - 1]["id"]?.string
            else { throw Self.untold(id, item) }
            found = next
            // A thread's posts are read below its group as well as below its conversation.
            path = "/" + group.joined(separator: "/") + "/\(name)/" + PercentEncoding.encode(next)
        }
        return found
    }
}
