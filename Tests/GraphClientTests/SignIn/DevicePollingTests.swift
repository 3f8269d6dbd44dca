import Foundation
import GraphModel
import Testing

@testable import GraphClient

/// Reference, section 16.2; RFC 8628, section 3.5.
struct DevicePollingTests {
    private static let code = #"""
        {"user_code":"BCDF-GHJK","device_code":"secret","verification_uri":"https://login.example/device",
        "expires_in":900,"interval":5,"message":"Open the page"}
        """#

    private func polling() throws -> DevicePolling { DevicePolling(try DeviceCode(Array(Self.code.utf8))) }

    private func refused(_ code: String) -> TokenOutcome { .refused(TokenRefusal(code: code)) }

    @Test func `a device code is read, with numbers or strings for the times`() throws {
        let code = try DeviceCode(Array(Self.code.utf8))
        #expect(code.userCode == "BCDF-GHJK")
        #expect(code.interval == 5)
        let other = try DeviceCode(
            Array(#"{"user_code":"A","device_code":"B","verification_url":"https://x","expires_in":"60"}"#.utf8)
        )
        #expect(other.lifetime == 60)
        #expect(other.interval == 5)
        #expect(other.message.contains("enter the code A"))
        #expect(throws: SignInFault.self) { try DeviceCode(Array("{}".utf8)) }
    }

    @Test func `authorization_pending keeps polling at the interval`() throws {
        var polling = try polling()
        #expect(polling.first == .ask(after: 5))
        #expect(polling.next(refused("authorization_pending"), elapsed: 5) == .ask(after: 5))
        #expect(polling.next(refused("authorization_pending"), elapsed: 10) == .ask(after: 5))
    }

    @Test func `slow_down adds five seconds for good`() throws {
        var polling = try polling()
        #expect(polling.next(refused("slow_down"), elapsed: 5) == .ask(after: 10))
        #expect(polling.next(refused("authorization_pending"), elapsed: 15) == .ask(after: 10))
        #expect(polling.next(refused("slow_down"), elapsed: 25) == .ask(after: 15))
    }

    @Test(
        "what cannot be healed stops the polling",
        arguments: [
            "authorization_declined", "access_denied", "expired_token", "bad_verification_code", "invalid_grant",
            "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "invalid_scope",
            "consent_required", "interaction_required",
        ]
    )
    func stops(code: String) throws {
        var polling = try polling()
        #expect(polling.next(refused(code), elapsed: 5) == .fail(TokenRefusal(code: code)))
    }

    @Test func `an authority that is not available is asked less and less often, and then as before`() throws {
        var polling = try polling()
        #expect(polling.next(refused("temporarily_unavailable"), elapsed: 5) == .ask(after: 10))
        #expect(polling.next(refused("server_error"), elapsed: 15) == .ask(after: 20))
        #expect(polling.next(.unreachable("no answer"), elapsed: 35) == .ask(after: 40))
        #expect(polling.next(.unreachable("no answer"), elapsed: 75) == .ask(after: 60))
        #expect(polling.next(refused("authorization_pending"), elapsed: 135) == .ask(after: 5))
    }

    @Test func `polling ends with the code`() throws {
        var polling = try polling()
        #expect(polling.next(refused("authorization_pending"), elapsed: 895) == .ask(after: 5))
        #expect(
            polling.next(refused("authorization_pending"), elapsed: 897) == .fail(TokenRefusal(code: "expired_token"))
        )
    }

    @Test func `tokens finish it`() throws {
        let answer = try TokenAnswer(Array(#"{"access_token":"abc","expires_in":"3599"}"#.utf8))
        var polling = try polling()
        #expect(polling.next(.granted(answer), elapsed: 5) == .finish(answer))
    }
}
