import ArgumentParser

extension HeraldCommand {
    /// `herald groups`.
    struct Groups: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "groups",
            abstract: "Look at groups, and import them into the embedded store.",
            subcommands: [Import.self, List.self, Show.self]
        )
    }
}

extension HeraldCommand.Groups {
    /// `herald groups list`.
    struct List: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the groups.",
            discussion: """
                Example: the names and addresses of all groups, as CSV

                  herald groups list --json | jq -r '.value[] | [.displayName, .mail] | @csv'
                """
        )

        @OptionGroup var list: ListOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let groups = try await source.read(in: herald) { try await $0.list("/groups", top: list.top) }
            try list.write(
                groups,
                of: "groups",
                in: herald,
                columns: [.whole("ID"), .text("NAME", minimum: 16), .text("MAIL")]
            ) { group in
                [group["id"]?.text ?? "", group["displayName"]?.text ?? "", group["mail"]?.text ?? ""]
            }
            return .done
        }
    }

    /// `herald groups show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one group.",
            discussion: """
                Example:

                  herald groups show 29981b6a-0e57-42dc-94c9-cd24f5306196
                """
        )

        @OptionGroup var group: GroupArgument
        @OptionGroup var output: OutputOptions
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let found = try await source.read(in: herald) { try await $0.item(group.path) }
            try output.write(found, to: herald.output) { fields, group in
                fields.add("Id", group["id"]?.text)
                fields.add("Name", group["displayName"]?.text)
                fields.add("Mail", group["mail"]?.text)
                fields.add("Nickname", group["mailNickname"]?.text)
                fields.add("Description", group["description"]?.text)
                fields.add("Visibility", group["visibility"]?.text)
                fields.add("Types", group["groupTypes"]?.text)
                fields.add("Created", group["createdDateTime"]?.text)
            }
            return .done
        }
    }
}
