import t from 'tap'
import type { Device, PhoneNumber, Snapshot, Trunk, User } from '../config/snapshot.ts'
import { parseMessage } from '../sip/message.ts'
import { attemptOfDevice, attemptOfTrunk } from './attempt.ts'

const trunk = { dialledNumberIn: 'Request-URI' } as Trunk
const device = {} as Device
const user = {} as User
const snapshot = {
  phoneNumbers: new Map([
    ['+15550100', {} as PhoneNumber],
    ['+15550101', {} as PhoneNumber],
  ]),
} as unknown as Snapshot
const isOwnHost = (host: string) => host === '192.0.2.1' || host === ''

function invite(uri: string, headers: readonly string[]) {
  const result = parseMessage(`${[`INVITE ${uri} SIP/2.0`, ...headers].join('\r\n')}\r\n\r\n`)
  if (result === null) throw new Error('not a message')
  return result
}

function caller(...headers: string[]) {
  const found = attemptOfTrunk(invite('sip:x@y', headers), trunk, snapshot, isOwnHost)?.caller
  if (found?.kind !== 'trunk') throw new Error('no trunk caller')
  const { number, name, anonymous } = found
  return { number, name, anonymous }
}

t.test('what was dialled, and where', async (t) => {
  const dialled = (uri: string) => {
    const attempt = attemptOfDevice(invite(uri, []), device, user, isOwnHost)
    return attempt === null ? null : `${attempt.dialled} ${attempt.domain}`.trim()
  }
  t.equal(dialled('sip:101@PBX.example:5070;user=phone'), '101 pbx.example')
  t.equal(dialled('sip:*72%23;x=y@192.0.2.1'), '*72#')
  t.equal(dialled('tel:+1-555-0100;phone-context=x'), '+1-555-0100')
  t.equal(dialled('sip:%zz@y'), null)
  t.equal(dialled('garbage'), null)
})

t.test('what a trunk dialled stands where its carrier writes it', async (t) => {
  const headers = [
    'To: "Acme" <sip:+15550144@carrier.example>;tag=1',
    'P-Called-Party-ID: <sip:+15550155@carrier.example>',
  ]
  const dialled = (dialledNumberIn: Trunk['dialledNumberIn'], lines: readonly string[] = headers) => {
    const by = { dialledNumberIn } as Trunk
    const attempt = attemptOfTrunk(invite('sip:acme@192.0.2.1', lines), by, snapshot, isOwnHost)
    return attempt === null ? null : `${attempt.dialled} ${attempt.domain}`.trim()
  }
  t.equal(dialled('Request-URI'), 'acme')
  t.equal(dialled('To'), '+15550144', 'and the domain stays that of the Request-URI')
  t.equal(dialled('P-Called-Party-ID'), '+15550155', 'RFC 7315 §4.2')
  t.equal(dialled('P-Called-Party-ID', []), 'acme', 'where it is not there the Request-URI counts')
})

t.test("a trunk's asserted identity comes before From", async (t) => {
  const from = 'From: "Front" <sip:+15550111;cpc=ordinary@carrier.example>;tag=1'
  t.same(caller(from), { number: '+15550111', name: 'Front', anonymous: false })
  t.same(caller(from, 'P-Asserted-Identity: "B\xc3\xa4r, A" <sip:+15550122@c>, <tel:+15550133>'), {
    number: '+15550122',
    name: 'Bär, A',
    anonymous: false,
  })
  t.same(caller(from, 'P-Asserted-Identity: <sip:c>', 'P-Asserted-Identity: <tel:+15550133>'), {
    number: '+15550133',
    name: 'Front',
    anonymous: false,
  })
})

t.test('RFC 3323, RFC 3325: identity that is withheld', async (t) => {
  const hidden = { number: '+15550122', name: '', anonymous: true }
  const asserted = 'P-Asserted-Identity: "A" <sip:+15550122@c>'
  t.same(caller('From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', asserted), hidden)
  t.same(caller('From: "A" <sip:+15550122@c>;tag=1', 'Privacy: critical;ID'), hidden)
  t.equal(caller('From: "A" <sip:+15550122@c>;tag=1', 'Privacy: none').anonymous, false)
  t.same(caller('From: <sip:c>;tag=1'), { number: '', name: '', anonymous: true })
})

t.test('diversions that name our numbers are counted, in whichever header there are more', async (t) => {
  const count = (...headers: string[]) =>
    attemptOfTrunk(invite('sip:x@y', headers), trunk, snapshot, isOwnHost)?.ownDiversions
  t.equal(count(), 0)
  t.equal(count('Diversion: <sip:+15550100@a>;reason=user-busy, <tel:15550101>', 'Diversion: <sip:+15550199@a>'), 2)
  t.equal(
    count('Diversion: <sip:+15550100;x=y@a>', 'History-Info: <sip:+15550100@a>;index=1,<sip:+15550101@a>;index=1.1'),
    2,
  )
})
