import Foundation
import ServerCommands

@main
struct HeraldServer {
    static func main() async {
        exit(await ServerCommand.run(Array(CommandLine.arguments.dropFirst())))
    }
}
