/**
 * The bare floor: what two legs cost on this machine in JavaScript when nothing but the unavoidable is done. Messages
 * are received, the few headers needed are cut out, the other leg's message is written and sent. No timers, no
 * transactions, no digest, no journal, nothing checked; a call is one object in two maps. It is no phone system: it is
 * the figure below which a two-leg server on its socket cannot go: `node:dgram`, or the engine's batching one.
 *
 * Run as a process of its own: `node floor.js PORT NUMBERS-FILE dgram|batching` (lines `number;sip user name`).
 */

import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { udpListener, udpSocketKind } from '../../engine/net/udp.ts'

interface Contact {
  readonly uri: string
  readonly address: string
  readonly port: number
}

interface Call {
  readonly callerCallId: string
  readonly calleeCallId: string
  readonly callerAddress: string
  readonly callerPort: number
  readonly phone: Contact
  readonly callerFrom: string
  readonly callerTo: string
  inviteVia: string
  byeVia: string
  byeCSeq: string
  /** The phone's To with its tag, once known. */
  calleeTo: string
  calleeTarget: string
}

const BUFFER_BYTES = 4 * 1024 * 1024
const port = Number(process.argv[2])
const numbersFile = process.argv[3] ?? ''
const here = `127.0.0.1:${port}`
const ownContact = `Contact: <sip:floor@${here}>\r\n`

const userOfNumber = new Map<string, string>()
for (const line of readFileSync(numbersFile, 'utf8').split('\n')) {
  const semicolon = line.indexOf(';')
  if (semicolon > 0) userOfNumber.set(line.slice(0, semicolon), line.slice(semicolon + 1))
}
const contactOfUser = new Map<string, Contact>()
const callOfCaller = new Map<string, Call>()
const callOfCallee = new Map<string, Call>()
let callCount = 0

let send: (text: string, toPort: number, toAddress: string) => void

/** The value of a header that stands at the start of a line, or ''. `name` includes line break and colon. */
function headerValue(message: string, name: string): string {
  const start = message.indexOf(name)
  if (start < 0) return ''
  const valueStart = start + name.length
  return message.slice(valueStart, message.indexOf('\r\n', valueStart)).trimStart()
}

function bodyOf(message: string): string {
  const end = message.indexOf('\r\n\r\n')
  return end < 0 ? '' : message.slice(end + 4)
}

/** The user part of the request's URI. */
function requestUser(message: string): string {
  const start = message.indexOf('sip:') + 4
  return message.slice(start, message.indexOf('@', start))
}

function receive(message: string, fromAddress: string, fromPort: number): void {
  if (message.startsWith('SIP/2.0 ')) response(message)
  else if (message.startsWith('INVITE ')) invite(message, fromAddress, fromPort)
  else if (message.startsWith('ACK ')) acknowledge(message)
  else if (message.startsWith('BYE ')) bye(message)
  else if (message.startsWith('REGISTER ')) register(message, fromAddress, fromPort)
}

function register(message: string, fromAddress: string, fromPort: number): void {
  const to = headerValue(message, '\r\nTo:')
  const contact = headerValue(message, '\r\nContact:')
  const user = to.slice(to.indexOf('sip:') + 4, to.indexOf('@'))
  const uri = contact.slice(contact.indexOf('<') + 1, contact.indexOf('>'))
  contactOfUser.set(user, { uri, address: fromAddress, port: fromPort })
  send(
    `SIP/2.0 200 OK\r\nVia: ${headerValue(message, '\r\nVia:')}\r\nFrom: ${headerValue(message, '\r\nFrom:')}\r\n` +
      `To: ${to};tag=f\r\nCall-ID: ${headerValue(message, '\r\nCall-ID:')}\r\n` +
      `CSeq: ${headerValue(message, '\r\nCSeq:')}\r\nContact: <${uri}>;expires=3600\r\nContent-Length: 0\r\n\r\n`,
    fromPort,
    fromAddress,
  )
}

function invite(message: string, fromAddress: string, fromPort: number): void {
  const callId = headerValue(message, '\r\nCall-ID:')
  const via = headerValue(message, '\r\nVia:')
  const from = headerValue(message, '\r\nFrom:')
  const to = headerValue(message, '\r\nTo:')
  send(
    `SIP/2.0 100 Trying\r\nVia: ${via}\r\nFrom: ${from}\r\nTo: ${to}\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\n` +
      'Content-Length: 0\r\n\r\n',
    fromPort,
    fromAddress,
  )
  let call = callOfCaller.get(callId)
  if (call === undefined) {
    const user = userOfNumber.get(requestUser(message))
    const phone = user === undefined ? undefined : contactOfUser.get(user)
    if (phone === undefined) return
    callCount += 1
    call = {
      callerCallId: callId,
      calleeCallId: `f${callCount}`,
      callerAddress: fromAddress,
      callerPort: fromPort,
      phone,
      callerFrom: from,
      callerTo: `${to};tag=f${callCount}`,
      inviteVia: via,
      byeVia: '',
      byeCSeq: '',
      calleeTo: `<${phone.uri}>`,
      calleeTarget: phone.uri,
    }
    callOfCaller.set(callId, call)
    callOfCallee.set(call.calleeCallId, call)
  }
  const body = bodyOf(message)
  send(
    `INVITE ${call.phone.uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${here};branch=z9hG4bKi${call.calleeCallId}\r\n` +
      `Max-Forwards: 69\r\nFrom: ${from}\r\nTo: <${call.phone.uri}>\r\nCall-ID: ${call.calleeCallId}\r\n` +
      `CSeq: 1 INVITE\r\n${ownContact}Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    call.phone.port,
    call.phone.address,
  )
}

function response(message: string): void {
  const call = callOfCallee.get(headerValue(message, '\r\nCall-ID:'))
  if (call === undefined) return
  const status = message.charCodeAt(8)
  const isInvite = headerValue(message, '\r\nCSeq:').endsWith('INVITE')
  if (!isInvite) {
    callOfCaller.delete(call.callerCallId)
    callOfCallee.delete(call.calleeCallId)
    send(
      `SIP/2.0 200 OK\r\nVia: ${call.byeVia}\r\nFrom: ${call.callerFrom}\r\nTo: ${call.callerTo}\r\n` +
        `Call-ID: ${call.callerCallId}\r\nCSeq: ${call.byeCSeq}\r\nContent-Length: 0\r\n\r\n`,
      call.callerPort,
      call.callerAddress,
    )
    return
  }
  // A 100 is not passed on; '1' is 49.
  if (status === 49 && message.startsWith('100', 8)) return
  if (status !== 49) {
    call.calleeTo = headerValue(message, '\r\nTo:')
    const contact = headerValue(message, '\r\nContact:')
    call.calleeTarget = contact.slice(contact.indexOf('<') + 1, contact.indexOf('>'))
  }
  const body = bodyOf(message)
  const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
  send(
    `${message.slice(0, message.indexOf('\r\n'))}\r\nVia: ${call.inviteVia}\r\nFrom: ${call.callerFrom}\r\n` +
      `To: ${call.callerTo}\r\nCall-ID: ${call.callerCallId}\r\nCSeq: 1 INVITE\r\n${ownContact}${type}` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
    call.callerPort,
    call.callerAddress,
  )
}

function acknowledge(message: string): void {
  const call = callOfCaller.get(headerValue(message, '\r\nCall-ID:'))
  if (call !== undefined) sendInDialog(call, 'ACK', 1)
}

function bye(message: string): void {
  const call = callOfCaller.get(headerValue(message, '\r\nCall-ID:'))
  if (call === undefined) return
  call.byeVia = headerValue(message, '\r\nVia:')
  call.byeCSeq = headerValue(message, '\r\nCSeq:')
  sendInDialog(call, 'BYE', 2)
}

function sendInDialog(call: Call, method: string, sequence: number): void {
  send(
    `${method} ${call.calleeTarget} SIP/2.0\r\nVia: SIP/2.0/UDP ${here};branch=z9hG4bK${method}${call.calleeCallId}\r\n` +
      `Max-Forwards: 69\r\nFrom: ${call.callerFrom}\r\nTo: ${call.calleeTo}\r\nCall-ID: ${call.calleeCallId}\r\n` +
      `CSeq: ${sequence} ${method}\r\nContent-Length: 0\r\n\r\n`,
    call.phone.port,
    call.phone.address,
  )
}

function openDgram(): void {
  const socket = createSocket('udp4')
  send = (text, toPort, toAddress) => socket.send(Buffer.from(text, 'latin1'), toPort, toAddress)
  socket.on('message', (data, source) => receive(data.toString('latin1'), source.address, source.port))
  socket.bind({ address: '127.0.0.1', port, exclusive: true }, () => {
    socket.setRecvBufferSize(BUFFER_BYTES)
    socket.setSendBufferSize(BUFFER_BYTES)
  })
}

async function openBatching(): Promise<void> {
  const socket = udpListener(
    udpSocketKind('batching'),
    {
      transport: 'UDP',
      address: '127.0.0.1',
      port,
      descriptor: null,
      advertised: '',
      advertisedMedia: '',
      localNetworks: [],
    },
    0,
    { receive: (message, flow) => receive(message, flow.address, flow.port), received: () => socket.flush() },
    { warn: () => undefined },
  )
  send = (text, toPort, toAddress) => socket.send(text, toAddress, toPort)
  await socket.open()
}

if (process.argv[4] === 'batching') await openBatching()
else openDgram()
