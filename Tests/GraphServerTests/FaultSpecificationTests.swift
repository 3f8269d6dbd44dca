import GraphServer
import Testing

struct FaultSpecificationTests {
    @Test func `a specification names each fault and how often it comes`() throws {
        let faults = try FaultSpecification(
            "lost-reply=2%,throttle=5%, unavailable = 0.5% ,latency=50ms±30ms,read-lag=5s,reset=1%,provisioning=2m"
        )
        #expect(faults.lostReply == 0.02)
        #expect(faults.throttle == 0.05)
        #expect(faults.unavailable == 0.005)
        #expect(faults.reset == 0.01)
        #expect(faults.latency == .init(middle: .milliseconds(50), spread: .milliseconds(30)))
        #expect(faults.readLag == .seconds(5))
        #expect(faults.provisioning == .seconds(120))
    }

    @Test func `a spread is written with either sign, or left out`() throws {
        let spread = FaultSpecification.Latency(middle: .milliseconds(1500), spread: .milliseconds(20))
        #expect(try FaultSpecification("latency=1.5s+-20ms").latency == spread)
        #expect(try FaultSpecification("latency=1.5s±20ms").latency == spread)
        #expect(try FaultSpecification("latency=10ms").latency == .init(middle: .milliseconds(10), spread: .zero))
    }

    @Test(arguments: [
        ("", 1, "", "NAME=VALUE"),
        ("lost-reply", 1, "lost-reply", "NAME=VALUE"),
        ("throttle=5%,lag=5s", 13, "lag=5s", "read-lag"),
        ("throttle=5%,", 13, "", "NAME=VALUE"),
        ("throttle=5", 10, "5", "percentage"),
        ("throttle=101%", 10, "101%", "percentage"),
        ("throttle=-1%", 10, "-1%", "percentage"),
        ("throttle=1e1%", 10, "1e1%", "percentage"),
        ("throttle=%", 10, "%", "percentage"),
        ("reset=1%, reset=2%", 11, "reset=2%", "twice"),
        ("reset=60%,throttle=60%", 20, "60%", "more than 100%"),
        ("read-lag=5", 10, "5", "unit"),
        ("read-lag=.s", 10, ".s", "unit"),
        ("read-lag=99999m", 10, "99999m", "a day"),
        ("latency=50ms±60ms", 9, "50ms±60ms", "spread"),
        ("latency=50ms±", 9, "50ms±", "spread"),
        ("latency=1s±1s±1s", 9, "1s±1s±1s", "spread"),
    ])
    func `a fault in a specification is named with its place and what was expected`(
        _ text: String,
        _ column: Int,
        _ found: String,
        _ expected: String
    ) {
        let error = #expect(throws: FaultSpecificationError.self) { try FaultSpecification(text) }
        #expect(error?.column == column)
        #expect(error?.found == found)
        #expect(error?.reason.contains(expected) == true)
    }
}
