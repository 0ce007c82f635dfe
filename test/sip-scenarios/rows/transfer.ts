/** Calls that are handed on: between real phones with sound, and step by step on a clock that stands still. */
import type { ScenarioRow } from '../scenario-row.ts'

const phones = 'test/phones/features.test.ts'
const byPhones = 'linphone and baresip, each heard by the other afterwards'
const blind = 'engine/calls/transfer/blind-transfer.test.ts'
const attended = 'engine/calls/transfer/attended-transfer.test.ts'
const why = 'what happens between two messages needs a clock that can be stopped'

export const transfer: ScenarioRow = {
  area: 'Transfer',
  file: 'test/sip-scenarios/rows/transfer.ts',
  played: [],
  referred: [
    { names: ['transfer-unattended'], file: phones, test: 'blind transfer by linphone to baresip', why: byPhones },
    {
      names: ['transfer-unattended (by the other)'],
      file: phones,
      test: 'blind transfer by baresip to linphone',
      why: byPhones,
    },
    { names: ['transfer-attended'], file: phones, test: 'attended transfer by linphone', why: byPhones },
    { names: ['blonde_nominal'], file: phones, test: 'semi-attended transfer by linphone', why: byPhones },
    {
      names: ['refer_challenge'],
      file: blind,
      test: 'a REFER from another address than her phone signals from is challenged, and followed when it is signed',
      why,
    },
    {
      names: ['atxfer_threeway'],
      file: attended,
      test: 'RFC 5589 §7: anna joins the two she speaks with',
      why: 'three speak by the mixing of her phone, which holds nobody; she leaves by joining the other two',
    },
    { names: ['refer_reject'], file: blind, test: 'what cannot be followed is refused by the right code', why },
    {
      names: ['refer_terminate'],
      file: blind,
      test: 'anna may hang up as soon as she has handed on, and hears nothing more',
      why,
    },
    { names: ['norefersub'], file: blind, test: 'RFC 4488: with Refer-Sub: false anna hears nothing', why },
    {
      names: ['atxfer_fail_blonde'],
      file: attended,
      test: 'semi-attended, and nobody answers: anna is told and has her call',
      why,
    },
    {
      names: ['parkcall_timeout'],
      file: 'engine/calls/park/park.test.ts',
      test: 'the parker is rung after a time, whatever his lines; the call waits on where he does not answer',
      why: 'it waits 90 seconds',
    },
    {
      names: ['duplicate_replaces', 'replaces_dlg_not_found'],
      file: 'engine/calls/transfer/takeover.test.ts',
      test: 'what she may not, or cannot, take over stays as it is',
      why,
    },
  ],
}
