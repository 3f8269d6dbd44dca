import ArgumentParser

extension HeraldCommand {
    /// `herald conversations`.
    struct Conversations: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "conversations",
            abstract: "Look at a group's conversations.",
            subcommands: [List.self, Show.self]
        )
    }
}

extension HeraldCommand.Conversations {
    /// `herald conversations list`.
    struct List: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List a group's conversations, the newest first.",
            discussion: """
                Example:

                  herald conversations list 29981b6a-0e57-42dc-94c9-cd24f5306196 --top 10
                """
        )

        @OptionGroup var group: GroupArgument
        @OptionGroup var list: ListOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let found = try await source.read(in: herald) {
                try await $0.list(group.path.appending("conversations"), top: list.top)
            }
            try list.write(
                found,
                of: "conversations",
                in: herald,
                columns: [.whole("ID"), .whole("LAST POST"), .text("TOPIC", minimum: 12), .text("PREVIEW")]
            ) { conversation in
                [
                    conversation["id"]?.text ?? "", conversation["lastDeliveredDateTime"]?.text ?? "",
                    conversation["topic"]?.text ?? "", conversation["preview"]?.text ?? "",
                ]
            }
            return .done
        }
    }

    /// `herald conversations show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one conversation.",
            discussion: """
                Example: the newest conversation of a group

                  group=29981b6a-0e57-42dc-94c9-cd24f5306196
                  id=$(herald conversations list $group --top 1 --json | jq -r '.value[0].id')
                  herald conversations show $group $id
                """
        )

        @OptionGroup var group: GroupArgument
        @Argument(help: "The conversation's id.")
        var conversation: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let path = group.path.appending("conversations").appending(conversation)
            let found = try await source.read(in: herald) { try await $0.item(path) }
            try output.write(found, to: herald.output) { fields, conversation in
                fields.add("Id", conversation["id"]?.text)
                fields.add("Topic", conversation["topic"]?.text)
                fields.add("Last post", conversation["lastDeliveredDateTime"]?.text)
                fields.add("Senders", conversation["uniqueSenders"]?.text)
                fields.add("Attachments", conversation["hasAttachments"]?.text)
                fields.add("Preview", conversation["preview"]?.text)
            }
            return .done
        }
    }
}
