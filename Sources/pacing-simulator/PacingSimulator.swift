import ArgumentParser
import PacingSimulation

@main
struct PacingSimulator {
    static func main() { SimulateCommand.main() }
}
