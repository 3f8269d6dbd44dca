import Announcements
import ScriptHost

/// What an announcement is about to do, in a line.
struct AnnouncementSummary {
    private let preview: RunMonitor.Preview
    private let leastTime: Duration?

    init(_ preview: RunMonitor.Preview, leastTime: Duration?) {
        self.preview = preview
        self.leastTime = leastTime
    }

    /// For people: `wellness-2026: 1,960 to announce, of 2,000 targets, 40 have it already; takes 40 s or more`.
    var text: String {
        let tally = preview.tally
        var text = "\(tally.name): \(preview.toSend.grouped) to announce"
        if tally.targets > preview.toSend { text += ", of \(tally.targets.grouped) targets" }
        if tally.already > 0 { text += ", \(tally.already.grouped) have it already" }
        if tally.excluded > 0 { text += ", \(tally.excluded.grouped) left out" }
        if let leastTime, leastTime >= .seconds(1) { text += "; takes \(leastTime.spoken) or more" }
        return text
    }
}
