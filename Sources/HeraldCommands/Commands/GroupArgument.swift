import ArgumentParser
import GraphModel

/// The group that a command is about, as its first argument.
struct GroupArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The group's id.", valueName: "group"),
        transform: { text in
            guard let id = GroupID(text) else {
                throw ValidationError(
                    "\"\(text)\" is no group id; expected a GUID such as 29981b6a-0e57-42dc-94c9-cd24f5306196."
                )
            }
            return id
        }
    )
    var id: GroupID

    /// The path of the group.
    var path: GraphPath { GraphPath("/groups").appending(id.text) }
}
