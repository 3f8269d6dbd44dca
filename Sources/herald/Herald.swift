import Foundation
import HeraldCommands
import Processes

@main
struct Herald {
    static func main() async {
        Heap.givesBackLargeBlocks()
        let status = await HeraldCommand.run(Array(CommandLine.arguments.dropFirst()), in: .process)
        exit(status.rawValue)
    }
}
