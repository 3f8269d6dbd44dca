import Testing

@testable import Announcements

/// What becomes of a rendered post whose key the ledger knows.
@Suite struct PlanRuleTests {
    @Test func `what is settled is never replaced`() {
        for state in EffectState.allCases where state.isSettled {
            for isSame in [true, false] {
                for isContested in [true, false] {
                    let verdict = PlanRule.verdict(on: state, isSame: isSame, isContested: isContested)
                    #expect(!verdict.replaces && verdict.decision != .planned)
                }
            }
        }
    }

    @Test func `other content replaces what nobody is about to send, and nothing else`() {
        #expect(PlanRule.verdict(on: .planned, isSame: false, isContested: false) == (.planned, true))
        #expect(PlanRule.verdict(on: .failed, isSame: false, isContested: true) == (.planned, true))
        #expect(PlanRule.verdict(on: .planned, isSame: false, isContested: true) == (.busy, false))
        #expect(PlanRule.verdict(on: .sending, isSame: false, isContested: true) == (.busy, false))
        #expect(PlanRule.verdict(on: .sending, isSame: false, isContested: false) == (.ambiguous, false))
        #expect(PlanRule.verdict(on: .sent, isSame: false, isContested: false) == (.changed, false))
    }

    @Test func `the same content is shared with whoever has planned it, and looked for where it was attempted`() {
        #expect(PlanRule.verdict(on: .planned, isSame: true, isContested: true) == (.planned, false))
        #expect(PlanRule.verdict(on: .sending, isSame: true, isContested: false) == (.unsettled, false))
        #expect(PlanRule.verdict(on: .ambiguous, isSame: true, isContested: true) == (.unsettled, false))
        #expect(PlanRule.verdict(on: .sent, isSame: true, isContested: false) == (.already, false))
        #expect(PlanRule.verdict(on: .undone, isSame: true, isContested: false) == (.already, false))
    }
}
