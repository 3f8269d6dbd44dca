import GraphModel

/// Reads the texts of posts, which is what a search over conversations or threads looks at.
struct PostTexts<Next: GraphService> {
    let reader: CollectionReader<Next>

    /// The texts of all posts, by the ids of the conversations or threads in which they stand.
    ///
    /// - Parameters:
    ///   - collection: Conversations or threads.
    ///   - request: Whose headers are sent.
    /// - Returns: The texts, and whether the service kept some of them back.
    /// - Throws: As ``CollectionReader`` does.
    func read(
        of collection: MailboxCollection,
        like request: GraphRequest
    ) async throws -> (entries: [String: [SearchTerms.Entry]], isCut: Bool) {
        let isOfThreads = collection.kind == .threads
        guard let threads = MailboxCollection(isOfThreads ? collection.path : collection.group + "/threads") else {
            return ([:], false)
        }
        var request = request
        request.headers["Prefer"] = nil
        var query = ReadingQuery("")
        query["select"] = "id,topic"
        query["expand"] = "posts($select=\(Self.members))"
        var entries: [String: [SearchTerms.Entry]] = [:]
        var isCut = false
        for thread in try await reader.read(threads, query, like: request).items {
            guard let id = thread["id"]?.string else { continue }
            var posts = thread["posts"]?.elements ?? []
            let isWhole =
                posts.count < CollectionReader<Next>.largestPageOfPosts && thread["posts@odata.nextLink"] == nil
            if !isWhole, let all = MailboxCollection("\(threads.path)/\(PercentEncoding.encode(id))/posts") {
                var query = ReadingQuery("")
                query["select"] = Self.members
                let read = try await reader.read(all, query, like: request)
                isCut = isCut || read.isCut
                posts = read.items
            }
            for post in posts {
                let key = isOfThreads ? id : post["conversationId"]?.string ?? ""
                entries[key, default: []].append(Self.entry(post, topic: thread["topic"]?.string ?? ""))
            }
        }
        return (entries, isCut)
    }

    private static var members: String { "id,body,conversationId" }

    private static func entry(_ post: JSONValue, topic: String) -> SearchTerms.Entry {
        let content = post["body"]?["content"]?.string ?? ""
        let isHTML = post["body"]?["contentType"]?.string?.lowercased() == "html"
        return SearchTerms.Entry(topic: topic, body: isHTML ? HTMLText.plainText(content) : content)
    }
}
