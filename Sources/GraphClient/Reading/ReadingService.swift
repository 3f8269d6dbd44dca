import Foundation
package import GraphModel
import Synchronization

/// Reads from a service as from the embedded store: what the service refuses or ignores is done here, and links lead
/// back to whoever asked.
///
/// Microsoft Graph filters, sorts and searches its groups' mailboxes hardly or not at all, and gives a hundred posts of
/// a thread with no link to the rest (reference, sections 9 and 20). Such a collection is read whole, and the query is
/// carried out by the grammar of the embedded store. Writes pass.
package final class ReadingService<Next: GraphService>: GraphService {
    /// What is known of the service's queries on mailboxes.
    package enum LocalQueries: Sendable {
        /// It cannot be relied on: it refuses some and ignores others.
        case always
        /// What it does not refuse, it does.
        case whenRefused
    }

    /// The most items that are read to carry out one query.
    package static var defaultLimit: Int { 50_000 }

    private let next: Next
    private let links: ServiceLinks
    private let reader: CollectionReader<Next>
    private let onNotice: @Sendable (String) -> Void
    private let state: Mutex<State>

    private struct State {
        var queries: LocalQueries
        var notices: Set<String> = []
        /// Whether the service was found not to filter conversations.
        var refusesConversationFilters = false
        var results = KeptResults()
    }

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - next: What answers.
    ///   - root: Scheme, authority and version with which its links begin, without a final "/".
    ///   - queries: What is known of its queries.
    ///   - limit: The most items that are read to carry out one query.
    ///   - onNotice: Told once of each kind of thing that is done here instead, or cannot be had.
    package init(
        _ next: Next,
        root: String,
        queries: LocalQueries,
        limit: Int = ReadingService.defaultLimit,
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.next = next
        links = ServiceLinks(root: root)
        reader = CollectionReader(next: next, links: ServiceLinks(root: root), limit: limit)
        self.onNotice = onNotice
        state = Mutex(State(queries: queries))
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        let response: GraphResponse
        do {
            response = try await answer(to: request)
        } catch CollectionReader<Next>.Fault.refused(let refusal) {
            response = refusal
        } catch CollectionReader<Next>.Fault.error(let error) {
            response = Self.refusal(error, request)
        } catch let error as GraphError {
            response = Self.refusal(error, request)
        }
        checkExpandedPosts(in: response, to: request)
        return try links.moved(response, to: request.serviceRoot)
    }

    private func answer(to request: GraphRequest) async throws -> GraphResponse {
        guard request.method == .get, let collection = MailboxCollection(request.path) else {
            return try await next.respond(to: request)
        }
        let query = ReadingQuery(request.query)
        let token = query["skiptoken"].flatMap { ReadingToken($0) }
        // A service's own link leads on as it began.
        guard query["skiptoken"] == nil || token != nil else { return try await next.respond(to: request) }
        if state.withLock({ $0.queries == .whenRefused }), token == nil {
            let response = try await next.respond(to: request)
            let isStrict = response.headers[ServerMode.header] == ServerMode.strict.rawValue
            if isStrict { state.withLock { $0.queries = .always } }
            guard isStrict || (query.isSelective && Self.isRefused(response)) else { return response }
            guard query.isSelective || collection.kind == .posts else { return response }
        }
        if query.isSelective, try !isPassed(query, collection) {
            if let response = try await filteredByService(query, collection, request) { return response }
            return try await carriedOut(query, collection, request, token)
        }
        guard collection.kind == .posts, !collection.isCount else { return try await next.respond(to: request) }
        return try await posts(query, collection, request, token)
    }

    // MARK: What the service can do

    /// Whether a query asks for nothing but what the service does: posts by their extended properties.
    private func isPassed(_ query: ReadingQuery, _ collection: MailboxCollection) throws(GraphError) -> Bool {
        guard collection.kind == .posts, query["orderby"] == nil, query["search"] == nil,
            let filter = query["filter"]
        else { return false }
        return try FilterParser.parse(filter).concernsOnly("singleValueExtendedProperties")
    }

    /// The answer of a service that filters conversations, or that knows best how their posts' extended properties are
    /// to be found; nil if it does not.
    private func filteredByService(
        _ query: ReadingQuery,
        _ collection: MailboxCollection,
        _ request: GraphRequest
    ) async throws -> GraphResponse? {
        guard collection.kind == .conversations, query["orderby"] == nil, query["search"] == nil,
            !state.withLock({ $0.refusesConversationFilters }), ReadingToken(query["skiptoken"] ?? "") == nil
        else { return nil }
        let response = try await next.respond(to: request)
        guard Self.isRefused(response) else { return response }
        // A property that cannot be filtered by says nothing of others.
        if response.status == 501 { state.withLock { $0.refusesConversationFilters = true } }
        return nil
    }

    private static func isRefused(_ response: GraphResponse) -> Bool {
        guard let error = response.error else { return false }
        let codes: [GraphError.Code] = [.filteringOnConversations, .searchNotSupported, .invalidRestriction]
        return response.status == 501 || codes.contains { $0.rawValue == error.code }
    }

    // MARK: Queries carried out here

    private func carriedOut(
        _ query: ReadingQuery,
        _ collection: MailboxCollection,
        _ request: GraphRequest,
        _ token: ReadingToken?
    ) async throws -> GraphResponse {
        let local = try LocalQuery(query, collection)
        var whole = query
        for option in ["skiptoken", "skip", "top", "count"] { whole[option] = nil }
        let key = "\(collection.path)?\(whole.text)#\(request.headers["Prefer"] ?? "")"
        let kept = token == nil ? nil : state.withLock { $0.results[key] }
        var result = KeptResults.Result(key: key, items: kept?.items ?? [], context: kept?.context)
        var first = GraphResponse(status: 200)
        if kept == nil {
            note(
                "the service does not filter, sort or search \(collection.kind.rawValue) itself: they are read whole "
                    + "for it"
            )
            let fetched = try await reader.read(collection, local.fetched, like: request)
            if fetched.isCut { noteCut() }
            first = fetched.first
            result.context = fetched.context.map { local.shown(context: $0) }
            result.items = try await chosen(fetched.items, local, collection, request).map { local.shown($0) }
        }
        if collection.isCount { return Self.number(result.items.count) }
        var begin = token?.offset ?? query.number("skip") ?? 0
        if let token, let last = result.items.firstIndex(where: { $0["id"]?.string == token.lastID }) {
            begin = last + 1
        }
        let size = Self.size(query, request, default: collection.kind == .posts ? 100 : 20)
        let shown = result.items.dropFirst(begin).prefix(size)
        var page = CollectionPage(items: Array(shown), context: result.context)
        if query.asksForCount, token == nil { page.count = Int64(result.items.count) }
        if begin + shown.count < result.items.count, let last = shown.last?["id"]?.string {
            page.nextLink = link(
                query,
                collection,
                ReadingToken(offset: begin + shown.count, lastID: last)
            )
        }
        state.withLock { $0.results.keep(result, hasMore: page.nextLink != nil) }
        return page.response(like: first)
    }

    private func chosen(
        _ items: [JSONValue],
        _ local: LocalQuery,
        _ collection: MailboxCollection,
        _ request: GraphRequest
    ) async throws -> [JSONValue] {
        var items = items
        if let filter = local.filter { items = items.filter { filter.holds(for: $0) } }
        if let search = local.search {
            if collection.kind == .posts {
                items = try items.filter { try search.find(inPost: $0["body"]?["content"]?.string ?? "") }
            } else {
                let texts = try await PostTexts(reader: reader).read(of: collection, like: request)
                if texts.isCut { noteCut() }
                // What is wrong with the search is wrong where there is nothing to find, too.
                _ = try search.find([])
                items = try items.filter { try search.find(texts.entries[$0["id"]?.string ?? ""] ?? []) }
            }
        }
        return local.order?.sorted(items, newestFirst: collection.isNewestFirst) ?? items
    }

    // MARK: Posts beyond the hundredth

    /// A page of posts, with a link to the rest that the service does not give.
    private func posts(
        _ query: ReadingQuery,
        _ collection: MailboxCollection,
        _ request: GraphRequest,
        _ token: ReadingToken?
    ) async throws -> GraphResponse {
        let size = Self.size(query, request, default: CollectionReader<Next>.largestPageOfPosts)
        // What the service would say of options that are none is its business.
        guard size > 0, query["skip"] == nil || query.number("skip") != nil else {
            return try await next.respond(to: request)
        }
        var fetched = query
        fetched["skiptoken"] = nil
        if token != nil { fetched["count"] = nil }
        let begin = token?.offset ?? query.number("skip") ?? 0
        let read = try await reader.read(
            collection,
            fetched,
            like: request,
            skip: begin,
            most: size + 1,
            behind: token?.lastID
        )
        if read.isCut { noteCut() }
        var page = CollectionPage(items: Array(read.items.prefix(size)), context: read.context, count: read.count)
        if read.items.count > size, let last = page.items.last?["id"]?.string {
            page.nextLink = link(query, collection, ReadingToken(offset: begin + size, lastID: last))
        }
        return page.response(like: read.first)
    }

    /// Says so where posts that were expanded are as many as the service gives at most.
    private func checkExpandedPosts(in response: GraphResponse, to request: GraphRequest) {
        guard request.method == .get, response.isSuccess, state.withLock({ $0.queries == .always }),
            ReadingQuery(request.query)["expand"]?.lowercased().contains("posts") == true,
            let value = try? JSONValue(response.body)
        else { return }
        if Self.hasCutPosts(value) { noteCut() }
    }

    private static func hasCutPosts(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.contains(where: hasCutPosts)
        case .object(let members):
            (members["posts"]?.elements?.count ?? 0) >= CollectionReader<Next>.largestPageOfPosts
                && members["posts@odata.nextLink"] == nil
                || members.values.contains(where: hasCutPosts)
        default: false
        }
    }

    private func noteCut() {
        note(
            "the service gives a hundred posts of a thread and here no way to the rest: what is read of longer threads "
                + "is cut there"
        )
    }

    // MARK: Answers

    private func note(_ sentence: String) {
        if state.withLock({ $0.notices.insert(sentence).inserted }) { onNotice(sentence) }
    }

    private func link(_ query: ReadingQuery, _ collection: MailboxCollection, _ token: ReadingToken) -> String {
        var query = query
        query["skip"] = nil
        query["skiptoken"] = nil
        let options = query.text
        let path = collection.path.replacing("{", with: "%7B").replacing("}", with: "%7D")
        return "\(links.root)\(path)?\(options.isEmpty ? "" : options + "&")$skiptoken=\(token.text)"
    }

    /// How many items a page is to have: at most 999, as in the embedded store.
    private static func size(_ query: ReadingQuery, _ request: GraphRequest, default size: Int) -> Int {
        let preferred = request.headers["Prefer"]?.lowercased().split(separator: ",").lazy
            .filter { $0.contains("maxpagesize") }.compactMap { $0.split(separator: "=").last }
            .compactMap { Int($0.filter(\.isNumber)) }.first
        let top = query.number("top") ?? preferred ?? size
        return min(top, preferred ?? top, 999)
    }

    private static func number(_ count: Int) -> GraphResponse {
        var response = GraphResponse(status: 200, body: Array(String(count).utf8))
        response.headers["Content-Type"] = "text/plain"
        return response
    }

    private static func refusal(_ error: GraphError, _ request: GraphRequest) -> GraphResponse {
        GraphResponse(
            error,
            id: GroupID.random().text,
            to: request,
            now: Int64(Date().timeIntervalSince1970 * 1_000_000)
        )
    }
}
