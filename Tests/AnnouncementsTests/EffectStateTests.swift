import Testing

@testable import Announcements

@Suite struct EffectStateTests {
    @Test func `what is settled is never planned or begun again`() {
        for state in EffectState.allCases where state.isSettled {
            #expect(state.after(.plan) == nil)
            // A look may show that the backend does not have what could not be proved.
            #expect(state.after(.begin) == (state == .ambiguous ? .sending : nil))
        }
    }

    @Test func `an attempt that was certainly not made leaves what was planned`() {
        #expect(EffectState.sending.after(.release) == .planned)
        for state in EffectState.allCases where state != .sending { #expect(state.after(.release) == nil) }
    }

    @Test func `what is sent stays sent, whatever a late writer says`() {
        #expect(EffectState.sent.after(.succeed) == .sent)
        for event in EffectState.Event.allCases where event != .succeed && event != .undo {
            #expect(EffectState.sent.after(event) == nil)
        }
        for event in EffectState.Event.allCases {
            #expect(EffectState.undone.after(event) == nil)
        }
    }

    @Test func `a lost answer is ambiguous until it is proved`() {
        #expect(EffectState.planned.after(.begin) == .sending)
        #expect(EffectState.sending.after(.lose) == .ambiguous)
        #expect(EffectState.ambiguous.after(.succeed) == .sent)
        #expect(EffectState.ambiguous.after(.refuse) == .failed)
    }

    @Test func `a refusal is planned again by the next run`() {
        #expect(EffectState.planned.after(.refuse) == .failed)
        #expect(EffectState.failed.after(.plan) == .planned)
    }
}
