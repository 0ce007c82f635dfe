/** Faults that the simulator has to notice (mutants.ts): changes of the compiled engine. */

export interface Mutant {
  readonly name: string
  readonly file: string
  /** Text of the compiled file, and what stands in its place, wherever it stands. */
  readonly changes: readonly (readonly [text: string, replacement: string])[]
  /** Of the simulator, besides the usual ones: it happens only with these. */
  readonly options?: readonly string[]
}

export const mutants: readonly Mutant[] = [
  {
    name: 'Timer G fires once',
    file: 'engine/sip/transaction/invite-server.js',
    changes: [["this.#timerG = this.#home.clock.start(this.#interval, this, 'G');", '']],
  },
  {
    name: 'no ACK to a retransmitted 2xx',
    file: 'engine/calls/fork.js',
    changes: [["if (this.#ackText !== '')", 'if (this.#ackText === null)']],
  },
  {
    name: 'a 200 crossing CANCEL is not BYEd',
    file: 'engine/calls/fork.js',
    changes: [["obligations.bye(dialog, '', null);", '']],
  },
  {
    name: 'the line is not given back on 487',
    file: 'engine/calls/ringing-call.js',
    changes: [
      [
        'for (const holding of this.#callerHoldings)\n',
        'if (status !== 487) for (const holding of this.#callerHoldings)\n',
      ],
    ],
  },
  {
    name: 'the journal forgets the remote CSeq',
    file: 'engine/sip/dialog.js',
    changes: [['$' + '{dialog.localSequence} $' + '{dialog.remoteSequence}', '$' + '{dialog.localSequence} -1']],
  },
  {
    name: 'two SDP answers under one To-tag',
    file: 'engine/calls/inviting-caller.js',
    changes: [['fork.callerTagOf(response.toTag)', 'this.transaction.toTag']],
  },
  {
    name: 'an INVITE in a call that is over gets no answer',
    file: 'engine/calls/call-server.js',
    changes: [
      [
        "this.transactions.respondStateless(request, flow, 481, reasonPhrase(481), '');\n            return;\n        }\n        const problem",
        "if (request.method !== 'INVITE')\n                this.transactions.respondStateless(request, flow, 481, reasonPhrase(481), '');\n            return;\n        }\n        const problem",
      ],
    ],
  },
  {
    name: 'phones that lost the race are not cancelled',
    file: 'engine/calls/ringing-call.js',
    changes: [['fork.cancel(reason)', 'void reason']],
  },
  {
    name: 'PRACK names another response',
    file: 'engine/calls/early-dialog.js',
    changes: [['$' + '{responseNumber} $' + '{this.#sequence}', '$' + '{responseNumber + 1} $' + '{this.#sequence}']],
  },
  {
    name: 'any PRACK is taken for the one awaited, and none is passed',
    file: 'engine/calls/early-requests.js',
    changes: [['early !== null && !early.over', 'early === undefined']],
  },
  {
    name: 'the number of a PRACK is used again after the answer',
    file: 'engine/calls/fork.js',
    changes: [['dialog.localSequence = Math.max(dialog.localSequence, early.localSequence);', '']],
  },
  {
    name: 'a side that is gone is never asked for',
    file: 'engine/calls/session-timers.js',
    changes: [['call.timersDue(now)', 'void now']],
  },
  {
    name: 'an answer overtakes a session that is not acknowledged',
    file: 'engine/calls/ringing-call.js',
    changes: [['this.#caller.awaitsSession(tag)', 'this.#over']],
  },
  {
    name: 'a late copy of an INVITE is a new call after a crash',
    file: 'engine/calls/call-server.js',
    changes: [['recovered.begun ?? []', '[]']],
  },
  {
    name: 'a refusal is forgotten by a crash',
    file: 'engine/calls/recovery.js',
    changes: [['services.obligations.resumeRefusal(value)', 'value']],
  },
  {
    name: 'lamps are not told that a call ended',
    file: 'engine/calls/calls.js',
    changes: [['if (call !== undefined) {\n                this.touchLamps(call);', 'if (call !== undefined) {']],
  },
  {
    name: 'what changed while a NOTIFY was under way is forgotten',
    file: 'engine/lamps/notifier.js',
    changes: [['else if (subscription.wanted)', 'else if (subscription.wanted === null)']],
  },
  {
    name: 'lamps are not told anew after a crash',
    file: 'engine/lamps/subscriptions.js',
    changes: [['this.#notifier.want(next.value)', 'void reason']],
  },
  {
    name: 'whoever has handed his call on is told no goodbye',
    file: 'engine/calls/transfer/departing-leg.js',
    changes: [
      [
        "this.#services.obligations.bye(this.#dialog, '', () => this.#services.calls.unregister(this.#dialog.localTag));",
        'this.#services.calls.unregister(this.#dialog.localTag);',
      ],
    ],
  },
  {
    name: 'the line is not given back after a transfer',
    file: 'engine/calls/transfer/departing-leg.js',
    changes: [['services.usage.give(holding)', 'void holding']],
  },
  {
    name: 'a parked call is in no slot after a crash',
    file: 'engine/calls/recovery.js',
    changes: [['services.parking.restore(parked, value)', "services.journal.remove('obligation', key)"]],
  },
  {
    name: 'a slot stays taken when the parked call is over',
    file: 'engine/calls/park/parked-call.js',
    changes: [['this.#owner.left(this)', 'void this.#owner']],
  },
  {
    name: 'the lamp of a slot is not told that it is taken or free',
    file: 'engine/calls/park/parked-call.js',
    changes: [['lamps.touched(keyOfSlot(this.slot.id), this.call)', 'void keyOfSlot']],
  },
  {
    name: 'the lamp of whoever parked his call is not told that he has left',
    file: 'engine/calls/conversation.js',
    changes: [['this.#services.calls.touchLamps(this);\n        this.#save();', 'this.#save();']],
  },
  {
    name: 'a pickup lets the other phones ring on',
    file: 'engine/calls/ringing-call.js',
    changes: [
      [
        'this.#end(completedElsewhere, null);\n        this.#stepHoldings',
        'this.#over = true;\n        this.#caller.stop();\n        this.#timers.stop();\n        this.#awaited.stop();\n        this.#ring = null;\n        this.#stepHoldings',
      ],
    ],
  },
  {
    name: 'a phone that is taken over stays in the call',
    file: 'engine/calls/transfer/takeover.js',
    changes: [['DepartingLeg.depart(services, this.#replaced, null)', 'void DepartingLeg']],
  },
  {
    name: 'whoever is connected by a transfer is not told the session of the other',
    file: 'engine/calls/transfer/attended.js',
    changes: [['second.offers.introduce()', 'void second']],
  },
  {
    name: 'the number of a NOTIFY is used again after a crash',
    file: 'engine/calls/transfer/refer-reports.js',
    changes: [['this.#numbered?.()', '']],
  },
  {
    name: 'a message that was promised is forgotten by a crash',
    file: 'engine/calls/messages/messages.js',
    changes: [["this.#services.journal.put('message', id, saveMessage(message));", '']],
  },
  {
    name: 'the newest message is delivered first',
    file: 'engine/calls/messages/message-queue.js',
    changes: [['this.#queued.push(', 'this.#queued.unshift(']],
  },
  {
    name: 'messages do not go to a phone that comes back',
    file: 'engine/calls/messages/messages.js',
    changes: [['this.#queues.get(user.id)?.phonesReturned(user,', 'void (user,']],
  },
  {
    name: 'the limit of calls of a PBX stops nobody',
    file: 'engine/calls/caller-limit.js',
    changes: [['simultaneousCalls > 0 && usage', 'simultaneousCalls < 0 && usage']],
  },
  {
    name: 'a call that is handed on within a PBX counts twice there',
    file: 'engine/calls/usage.js',
    changes: [["one.kind === 'pbx' && stays", "one.kind === 'forward' && stays"]],
  },
  {
    name: 'a call of a PBX is not given back where nobody answers',
    file: 'engine/calls/step-holdings.js',
    changes: [['this.#hold(null, this.#usage', 'void (this.#usage']],
  },
  {
    name: 'a phone that lost its connection while it rang is reached by the old one',
    file: 'engine/calls/fork.js',
    changes: [['this.#flow = flow;\n        if (this.#transaction', 'if (this.#transaction']],
    options: ['--features', 'connection=40'],
  },
  {
    name: 'a CANCEL is not sent again to a phone that is back',
    file: 'engine/calls/owed-cancel.js',
    changes: [['this.#parts.cancels.add(this)', 'void this']],
    options: ['--features', 'connection=40'],
  },
  {
    name: 'ports of sound are kept when a call is handed on or ends',
    file: 'engine/calls/conversation-sound.js',
    changes: [['this.#services.sounds.end(this.#sound)', 'void 0']],
  },
]

/** @throws Error where the text has nothing to change any more */
export function mutate(text: string, mutant: Mutant): string {
  let mutated = text
  for (const [from, to] of mutant.changes) {
    if (!mutated.includes(from)) throw new Error(`Mutant "${mutant.name}" finds nothing to change in ${mutant.file}`)
    mutated = mutated.replaceAll(from, () => to)
  }
  return mutated
}
