import Foundation
import GraphClient
import GraphModel
import Testing

@testable import HeraldCommands

/// What `herald doctor` says of a backend.
@Suite struct BackendDoctorTests {
    private static func states(_ ending: HeraldProcess.Ending) throws -> [String: String] {
        let findings = try #require(try JSONValue(Array(ending.output.utf8))["value"]?.elements, "\(ending.error)")
        return Dictionary(
            findings.compactMap { finding in
                guard let name = finding["check"]?.string, let state = finding["state"]?.string else { return nil }
                return (name, state)
            },
            uniquingKeysWith: { $1 }
        )
    }

    @Test(arguments: [true, false])
    func `a server in order is well, and the post that was tried is gone`(keepsKeys: Bool) async throws {
        let stage = try await RemoteStage(
            groups: 3,
            options: ["--faults", "read-lag=300ms"] + (keepsKeys ? [] : ["--no-keys"])
        )
        let ending = try await stage.run("doctor --json", "--group", RemoteStage.wellness, "--read-lag", "5")
        await stage.server.stop()
        #expect(ending.status == 0, "\(ending.output)")
        let states = try Self.states(ending)
        for name in ["host", "connection", "clock", "who", "mark"] {
            #expect(states[name] == "well", "\(name): \(ending.output)")
        }
        #expect(states["keys"] == (keepsKeys ? "well" : "note"))
        #expect(states["token"] == "note")
        #expect(states["ledger"] == "note")
        #expect(try stage.writes.count == 1)
        #expect(try stage.world.store.count("conversation") == 0)
    }

    @Test func `without a group nothing is written, and the line says so`() async throws {
        let stage = try await RemoteStage(groups: 3)
        let ending = try await stage.run("doctor")
        await stage.server.stop()
        #expect(ending.status == 0, "\(ending.output)")
        #expect(ending.output.contains("not tried: --group ID"))
        #expect(try stage.writes.isEmpty)
    }

    @Test func `a group that takes no post is named as the fault`() async throws {
        let stage = try await RemoteStage(groups: 3)
        let ending = try await stage.run("doctor --json", "--group", "00000000-0000-4000-8000-000000000001")
        await stage.server.stop()
        #expect(ending.status == 1)
        #expect(try Self.states(ending)["mark"] == "fault")
    }

    @Test func `a token that is refused is named, and not shown`() async throws {
        let stage = try await RemoteStage(groups: 3)
        var herald = stage.herald
        herald.variables["HERALD_TOKEN"] = "c4n4ry-of-a-token"
        let ending = try await herald.run("doctor", "--backend", stage.server.address, "--json")
        await stage.server.stop()
        #expect(ending.status == 1)
        #expect(try Self.states(ending)["who"] == "fault")
        #expect(!(ending.output + ending.error).contains("c4n4ry"))
    }

    @Test func `a host that nobody answers for is told from a name that leads nowhere, and from a missing token`()
        async throws
    {
        let stage = try await RemoteStage(groups: 3)
        let none = try await HeraldProcess(folder: stage.world.folder, home: "client")
            .run("doctor", "--backend", stage.server.address)
        #expect(none.status == 1)
        #expect(none.output.contains("✗ token"))
        await stage.server.stop()
        let down = try await stage.run("doctor")
        #expect(down.status == 1)
        #expect(down.output.contains("nothing listens at 127.0.0.1"), "\(down.output)")
        let nowhere = try await stage.herald.run("doctor", "--backend", "https://herald-check.invalid")
        #expect(nowhere.status == 1)
        #expect(nowhere.output.contains("the name herald-check.invalid leads to no address"), "\(nowhere.output)")
    }

    @Test func `a server that speaks no TLS is told from one that cannot be reached`() async throws {
        let stage = try await RemoteStage(groups: 3)
        let address = stage.server.address.replacing("http://", with: "https://")
        let ending = try await stage.herald.run("doctor", "--backend", address)
        await stage.server.stop()
        #expect(ending.status == 1)
        #expect(ending.output.contains("✓ connection"))
        #expect(ending.output.contains("✗ TLS"), "\(ending.output)")
    }

    @Test func `a clock that is wrong is a fault`() async throws {
        let stage = try await RemoteStage(groups: 3)
        var herald = stage.world.herald
        herald.variables["HERALD_TOKEN"] = ServerUnderTest.token
        herald.variables["HERALD_HOME"] = stage.world.folder + "/client"
        #expect(await HeraldCommand.run(["doctor", "--backend", stage.server.address], in: herald) == .failed)
        await stage.server.stop()
        #expect(stage.world.output.text.contains("✗ clock"), "\(stage.world.output.text)")
    }

    // MARK: Tokens

    private static func token(_ claims: String) throws -> TokenClaims {
        let part = Base64.encode(Array(claims.utf8)).replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        return try #require(TokenClaims("e30.\(part).c2ln"))
    }

    @Test func `a token says whom it is for, from where, what it allows and until when`() throws {
        let claims = """
            {"aud":"https://graph.microsoft.com","tid":"contoso","scp":"User.Read Group.ReadWrite.All","exp":1800000000}
            """
        let finding = try Self.token(claims).finding(at: 1_700_000_000)
        #expect(finding.state == .well)
        #expect(
            finding.text
                == "for https://graph.microsoft.com, tenant contoso, scopes Group.ReadWrite.All User.Read, until 2027-01-15T08:00:00Z"
        )
        #expect(try Self.token(claims).finding(at: 1_900_000_000).state == .fault)
    }

    @Test func `a token that cannot post is a fault, which says why`() throws {
        let application = try Self.token(#"{"roles":["Group.ReadWrite.All"],"exp":1800000000}"#).finding(at: 0)
        #expect(application.state == .fault)
        #expect(application.text.contains("no delegated permissions"))
        let reader = try Self.token(#"{"scp":"Group.Read.All","exp":1800000000}"#).finding(at: 0)
        #expect(reader.state == .fault)
        #expect(reader.text.contains("Group-Conversation.ReadWrite.All"))
        #expect(TokenClaims("opaque") == nil)
    }
}
