import Foundation
import GraphModel

/// How long a request is on its way, and how long it is worked on; an assumption, for nobody documents it.
///
/// The way is evenly distributed; work has a least time and beyond that a logarithmic normal distribution, whose long
/// tail is what services show. Times are microseconds.
struct Latency: Sendable, Equatable {
    /// One way.
    var way: ClosedRange<Int64> = 15_000...45_000
    /// The work that every post needs.
    var leastWork: Int64 = 80_000
    /// What half of the posts need beyond that.
    var medianExtra: Int64 = 170_000
    /// How wide the distribution is: the deviation of the logarithm.
    var spread = 0.6
    /// The work that no post exceeds.
    var mostWork: Int64 = 10_000_000
    /// What it takes to refuse.
    var refusal: Int64 = 5_000

    /// The least time from sending a post to having its answer.
    var least: Int64 { 2 * way.lowerBound + leastWork }

    /// The mean time from sending a post to having its answer, but for the cut at the end.
    var mean: Double {
        Double(way.lowerBound + way.upperBound + leastWork) + Double(medianExtra) * exp(spread * spread / 2)
    }

    func way(_ random: inout SeededRandom) -> Int64 { .random(in: way, using: &random) }

    func work(_ random: inout SeededRandom) -> Int64 {
        min(mostWork, leastWork + Int64(Double(medianExtra) * exp(spread * random.normal())))
    }
}
