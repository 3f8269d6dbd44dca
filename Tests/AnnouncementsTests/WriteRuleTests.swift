import Testing

@testable import Announcements

@Suite struct WriteRuleTests {
    @Test func `what was certainly not done may be sent, whatever it says now`() {
        for state in [EffectState.planned, .failed, .skipped] {
            for isSame in [true, false] {
                #expect(WriteRule.verdict(on: state, isSame: isSame) == .send(.sending))
            }
        }
    }

    @Test func `what may have been done keeps its content`() {
        for state in [EffectState.sending, .sent, .ambiguous, .undone] {
            #expect(WriteRule.verdict(on: state, isSame: false) == .isOther)
        }
    }

    @Test func `the same write is answered, looked for, or stays taken back`() {
        #expect(WriteRule.verdict(on: .sent, isSame: true) == .answer)
        #expect(WriteRule.verdict(on: .sending, isSame: true) == .look)
        #expect(WriteRule.verdict(on: .ambiguous, isSame: true) == .look)
        #expect(WriteRule.verdict(on: .undone, isSame: true) == .isUndone)
    }
}
