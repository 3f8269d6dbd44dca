import Announcements
import GraphModel

/// A post of an announcement in the words of one group, before it is a request.
struct AnnouncementPost {
    let topic: String
    let contentType: String
    let content: String
    /// A JSON array; empty if there are none.
    let participants: [UInt8]

    /// What keeps the post from being made, whatever the group is; nil if nothing does.
    func problem(attached: SharedPart?) -> (kind: String, message: String)? {
        guard topic.count <= Conversation.maximumTopicLength else {
            return (
                "topicLength",
                "the topic has \(topic.count) characters; \(Conversation.maximumTopicLength) are allowed"
            )
        }
        let size = size + (attached?.bytes.count ?? 0)
        guard size <= GraphRequest.maximumBodySize else {
            let files = attached == nil ? "" : " with what is attached to it"
            return ("bodySize", "the post\(files) has \(size) bytes; \(GraphRequest.maximumBodySize) are allowed")
        }
        return nil
    }

    private var size: Int { topic.utf8.count + content.utf8.count + participants.count }

    /// The post as the request that begins a conversation with it.
    func rendered(for group: GroupID, attached: SharedPart?) -> RenderedPost {
        var writer = JSONWriter(capacity: size + 160)
        var post = 0..<0
        writer.object { writer in
            writer.member("topic", topic)
            writer.name("threads")
            writer.array { writer in
                writer.object { writer in
                    writer.name("posts")
                    writer.array { writer in
                        let start = writer.bytes.count
                        write(to: &writer)
                        post = start..<writer.bytes.count
                    }
                }
            }
        }
        var shared = attached
        shared?.offset = post.upperBound - 1
        var rendered = RenderedPost(group: group, body: writer.bytes, shared: shared)
        rendered.post = post
        return rendered
    }

    private func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("body")
            writer.object { writer in
                writer.member("contentType", contentType)
                writer.member("content", content)
            }
            if !participants.isEmpty {
                writer.name("newParticipants")
                writer.raw(participants)
            }
        }
    }
}
