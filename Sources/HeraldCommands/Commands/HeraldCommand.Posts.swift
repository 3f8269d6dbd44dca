import ArgumentParser

extension HeraldCommand {
    /// `herald posts`.
    struct Posts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "posts",
            abstract: "Look at a thread's posts.",
            subcommands: [List.self, Show.self]
        )
    }
}

extension HeraldCommand.Posts {
    /// `herald posts list`.
    struct List: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List a thread's posts, the oldest first.",
            discussion: """
                Example:

                  herald posts list 29981b6a-0e57-42dc-94c9-cd24f5306196 THREAD
                """
        )

        @OptionGroup var group: GroupArgument
        @Argument(help: "The thread's id.")
        var thread: String
        @OptionGroup var list: ListOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let path = group.path.appending("threads").appending(thread).appending("posts")
            let found = try await source.read(in: herald) { try await $0.list(path, top: list.top) }
            try list.write(
                found,
                of: "posts",
                in: herald,
                columns: [.whole("ID"), .whole("RECEIVED"), .text("FROM"), .text("CONTENT", minimum: 12)]
            ) { post in
                let content = post["body", "content"]?.text ?? ""
                return [
                    post["id"]?.text ?? "", post["receivedDateTime"]?.text ?? "",
                    post["from", "emailAddress", "name"]?.text ?? "",
                    content.split(whereSeparator: \.isWhitespace).joined(separator: " "),
                ]
            }
            return .done
        }
    }

    /// `herald posts show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one post, with its content.",
            discussion: """
                Example:

                  herald posts show 29981b6a-0e57-42dc-94c9-cd24f5306196 THREAD POST
                """
        )

        @OptionGroup var group: GroupArgument
        @Argument(help: "The thread's id.")
        var thread: String
        @Argument(help: "The post's id.")
        var post: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let path = group.path.appending("threads").appending(thread).appending("posts").appending(post)
            let found = try await source.read(in: herald) { try await $0.item(path) }
            try output.write(found, to: herald.output) { fields, post in
                fields.add("Id", post["id"]?.text)
                fields.add("From", post["from"]?.recipients)
                fields.add("Received", post["receivedDateTime"]?.text)
                fields.add("New participants", post["newParticipants"]?.recipients)
                fields.add("Attachments", post["hasAttachments"]?.text)
                fields.add("Content type", post["body", "contentType"]?.text)
            }
            if !output.json, let content = found.value["body", "content"]?.text {
                try herald.output.write("\n" + herald.output.shown(content) + (content.hasSuffix("\n") ? "" : "\n"))
            }
            return .done
        }
    }
}
