import ArgumentParser

extension HeraldCommand {
    /// `herald threads`.
    struct Threads: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "threads",
            abstract: "Look at a group's threads.",
            subcommands: [List.self, Show.self]
        )
    }
}

extension HeraldCommand.Threads {
    /// `herald threads list`.
    struct List: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List a group's threads, or those of one conversation, the newest first.",
            discussion: """
                Example: the threads that are locked

                  herald threads list 29981b6a-0e57-42dc-94c9-cd24f5306196 --json | jq '.value[] | select(.isLocked)'
                """
        )

        @OptionGroup var group: GroupArgument
        @Option(help: ArgumentHelp("Only the threads of this conversation.", valueName: "id"))
        var conversation: String?
        @OptionGroup var list: ListOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let parent = conversation.map { group.path.appending("conversations").appending($0) } ?? group.path
            let found = try await source.read(in: herald) {
                try await $0.list(parent.appending("threads"), top: list.top)
            }
            try list.write(
                found,
                of: "threads",
                in: herald,
                columns: [
                    .whole("ID"), .whole("LAST POST"), .whole("LOCKED"), .text("TOPIC", minimum: 12), .text("PREVIEW"),
                ]
            ) { thread in
                [
                    thread["id"]?.text ?? "", thread["lastDeliveredDateTime"]?.text ?? "",
                    thread["isLocked"]?.text ?? "", thread["topic"]?.text ?? "", thread["preview"]?.text ?? "",
                ]
            }
            return .done
        }
    }

    /// `herald threads show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one thread.",
            discussion: """
                Example:

                  herald threads show 29981b6a-0e57-42dc-94c9-cd24f5306196 THREAD
                """
        )

        @OptionGroup var group: GroupArgument
        @Argument(help: "The thread's id.")
        var thread: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let found = try await source.read(in: herald) {
                try await $0.item(group.path.appending("threads").appending(thread))
            }
            try output.write(found, to: herald.output) { fields, thread in
                fields.add("Id", thread["id"]?.text)
                fields.add("Topic", thread["topic"]?.text)
                fields.add("Last post", thread["lastDeliveredDateTime"]?.text)
                fields.add("Locked", thread["isLocked"]?.text)
                fields.add("Senders", thread["uniqueSenders"]?.text)
                fields.add("To", thread["toRecipients"]?.recipients)
                fields.add("Attachments", thread["hasAttachments"]?.text)
                fields.add("Preview", thread["preview"]?.text)
            }
            return .done
        }
    }
}
