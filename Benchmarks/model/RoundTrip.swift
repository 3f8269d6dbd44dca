// Compiled into one module with the sources of GraphModel, so that `conversation.c` can call the model as it is.

/// Reads a new conversation into the model and writes it again; gives the length, or -1 if it could not be read.
@_cdecl("model_round_trip")
func modelRoundTrip(
    _ bytes: UnsafePointer<UInt8>,
    _ length: Int,
    _ into: UnsafeMutablePointer<UInt8>,
    _ room: Int
) -> Int {
    guard let conversation = try? Conversation.read(Array(UnsafeBufferPointer(start: bytes, count: length))) else {
        return -1
    }
    var writer = JSONWriter(capacity: room)
    writer.write(conversation)
    guard writer.bytes.count <= room else { return -1 }
    writer.bytes.withUnsafeBufferPointer { written in
        guard let base = written.baseAddress else { return }
        into.update(from: base, count: written.count)
    }
    return writer.bytes.count
}

extension JSONWriter {
    mutating func write(_ conversation: Conversation) {
        object { json in
            json.member("topic", conversation.topic)
            json.name("threads")
            json.array { json in
                guard let post = conversation.post else { return }
                json.object { json in
                    json.name("posts")
                    json.array { json in json.write(post) }
                }
            }
        }
    }

    mutating func write(_ post: NewPost) {
        object { json in
            json.name("body")
            json.object { json in
                json.member("contentType", post.contentType.rawValue)
                json.member("content", post.content)
            }
            json.name("newParticipants")
            json.array { json in
                for person in post.newParticipants {
                    json.object { json in
                        json.name("emailAddress")
                        json.object { json in
                            json.member("name", person.name)
                            json.member("address", person.address)
                        }
                    }
                }
            }
        }
    }
}
