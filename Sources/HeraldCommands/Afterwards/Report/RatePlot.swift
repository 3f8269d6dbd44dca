import GraphModel

/// How fast targets were settled over time, and when nothing was for a while.
struct RatePlot {
    /// A time in which nothing was settled.
    struct Pause: Equatable {
        /// Microseconds since 1970.
        var from: Int64
        var to: Int64
    }

    /// How many targets were settled in each bucket.
    let buckets: [Int]
    /// How long a bucket is, in microseconds.
    let width: Int64
    let from: Int64
    let to: Int64
    /// The pauses that stand out, in their order.
    let pauses: [Pause]

    private static let bucketCount = 60
    /// The shortest time that counts as a pause.
    private static let shortestPause: Int64 = 1_000_000

    /// Makes a plot.
    ///
    /// - Parameter times: When targets were settled, in microseconds since 1970, in order.
    /// - Returns: Nil if all was settled at once, or nothing was: there is nothing to see.
    init?(_ times: [Int64]) {
        guard let first = times.first, let last = times.last, last - first >= 1000, times.count > 1 else { return nil }
        from = first
        to = last
        width = max(1, (last - first + Int64(Self.bucketCount)) / Int64(Self.bucketCount))
        var buckets = [Int](repeating: 0, count: Self.bucketCount)
        for time in times { buckets[min(Self.bucketCount - 1, Int((time - first) / width))] += 1 }
        self.buckets = buckets
        var gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        gaps.sort()
        // What is usual is no pause, however slow it is.
        let threshold = max(Self.shortestPause, gaps[gaps.count / 2] * 20)
        pauses = zip(times, times.dropFirst()).filter { $1 - $0 >= threshold }.map { Pause(from: $0, to: $1) }
    }

    /// The most that were settled in a second, over one bucket.
    var peak: Double { Double(buckets.max() ?? 0) / (Double(width) / 1_000_000) }

    /// How long nothing was settled, in all pauses together.
    var waiting: Duration { .microseconds(pauses.reduce(0) { $0 + $1.to - $1.from }) }

    private static let size = (width: 720.0, height: 200.0)
    private static let area = (left: 64.0, top: 14.0, width: 640.0, height: 130.0)

    /// The plot as SVG, whose colours the page's styles give.
    var svg: String {
        let area = Self.area
        let bottom = area.top + area.height
        let most = Double(buckets.max() ?? 1)
        var svg = """
            <svg viewBox="0 0 \(Self.number(Self.size.width)) \(Self.number(Self.size.height))" role="img" \
            aria-label="Posts a second over time">
            <line class="grid" x1="\(Self.number(area.left))" x2="\(Self.number(area.left + area.width))" \
            y1="\(Self.number(area.top))" y2="\(Self.number(area.top))"/>
            <line class="grid" x1="\(Self.number(area.left))" x2="\(Self.number(area.left + area.width))" \
            y1="\(Self.number(area.top + area.height / 2))" y2="\(Self.number(area.top + area.height / 2))"/>

            """
        for pause in pauses {
            let (x, width) = (place(pause.from), place(pause.to) - place(pause.from))
            let span = Duration.microseconds(pause.to - pause.from).spoken
            svg += """
                <rect class="pause" x="\(Self.number(x))" y="\(Self.number(area.top))" width="\(Self.number(max(1, width)))" \
                height="\(Self.number(area.height + 14))"><title>\(span) without an answer, from \(Self.time(pause.from))\
                </title></rect>

                """
        }
        let step = area.width / Double(buckets.count)
        for (index, count) in buckets.enumerated() where count > 0 {
            let height = max(1, area.height * Double(count) / most)
            let rate = Self.rate(Double(count) / (Double(width) / 1_000_000))
            svg += """
                <rect class="bar" x="\(Self.number(area.left + Double(index) * step + 0.5))" \
                y="\(Self.number(bottom - height))" width="\(Self.number(step - 1))" height="\(Self.number(height))">\
                <title>\(count.grouped) settled, \(rate) a second, from \(Self.time(from + Int64(index) * width))</title></rect>

                """
        }
        svg += """
            <line class="axis" x1="\(Self.number(area.left))" x2="\(Self.number(area.left + area.width))" \
            y1="\(Self.number(bottom))" y2="\(Self.number(bottom))"/>
            <text x="\(Self.number(area.left - 6))" y="\(Self.number(area.top + 4))" text-anchor="end">\(Self.rate(peak))/s</text>
            <text x="\(Self.number(area.left - 6))" y="\(Self.number(area.top + area.height / 2 + 4))" text-anchor="end">\
            \(Self.rate(peak / 2))/s</text>
            <text x="\(Self.number(area.left - 6))" y="\(Self.number(bottom + 4))" text-anchor="end">0</text>
            <text x="\(Self.number(area.left))" y="\(Self.number(bottom + 32))">\(Self.time(from))</text>
            <text x="\(Self.number(area.left + area.width))" y="\(Self.number(bottom + 32))" text-anchor="end">\
            \(Self.time(to))</text>
            </svg>
            """
        return svg
    }

    private func place(_ time: Int64) -> Double {
        Self.area.left + Self.area.width * Double(time - from) / Double(to - from)
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }

    private static func rate(_ value: Double) -> String {
        value >= 10 ? Int(value.rounded()).grouped : number(value)
    }

    /// The time of day, in UTC.
    private static func time(_ time: Int64) -> String {
        String(GraphDate(microseconds: time).text.dropFirst(11).prefix(8)) + " UTC"
    }
}
