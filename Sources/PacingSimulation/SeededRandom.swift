import Foundation

/// Random numbers that repeat for the same seed (SplitMix64; Steele, Lea and Flood 2014).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Above 0, up to 1.
    private mutating func fraction() -> Double { Double(next() >> 11 &+ 1) * 0x1p-53 }

    /// Of mean 0 and deviation 1 (Box and Muller 1958).
    mutating func normal() -> Double { (-2 * log(fraction())).squareRoot() * cos(2 * .pi * fraction()) }

    /// The time to the next of events that come independently of one another, in the unit of the mean.
    mutating func exponential(mean: Double) -> Double { -mean * log(fraction()) }
}
