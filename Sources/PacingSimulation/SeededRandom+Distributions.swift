import Foundation
import GraphModel

extension SeededRandom {
    /// Above 0, up to 1.
    private mutating func positiveFraction() -> Double { 1 - fraction() }

    /// Of mean 0 and deviation 1 (Box and Muller 1958).
    mutating func normal() -> Double {
        (-2 * log(positiveFraction())).squareRoot() * cos(2 * .pi * positiveFraction())
    }

    /// The time to the next of events that come independently of one another, in the unit of the mean.
    mutating func exponential(mean: Double) -> Double { -mean * log(positiveFraction()) }
}
