extension Duration {
    /// The span as a person would say it, in at most two units: "400 ms", "42 s", "3 min 20 s", "1 h 5 min".
    package var spoken: String {
        let tenths = (self / .milliseconds(100)).rounded()
        let seconds = Int((self / .seconds(1)).rounded())
        switch seconds {
        case _ where self > .zero && self < .milliseconds(950): return "\(Int((self / .milliseconds(1)).rounded())) ms"
        case ..<10: return "\(tenths / 10) s".replacing(".0 s", with: " s")
        case ..<60: return "\(seconds) s"
        case ..<3600: return Self.joined(seconds / 60, "min", seconds % 60, "s")
        default:
            let minutes = (seconds + 30) / 60
            return Self.joined(minutes / 60, "h", minutes % 60, "min")
        }
    }

    private static func joined(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large.grouped) \(largeUnit)" : "\(large.grouped) \(largeUnit) \(small) \(smallUnit)"
    }
}
