import Foundation
import HeraldCommands

@main
struct Herald {
    static func main() async {
        let status = await HeraldCommand.run(Array(CommandLine.arguments.dropFirst()), in: .process)
        exit(status.rawValue)
    }
}
