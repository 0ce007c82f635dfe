/** The phone in the page: SIP.js as it comes from npm, told by the test what to do (`Chromium.run`). */
import { Inviter, Messager, Registerer, RegistererState, SessionState, UserAgent } from '/sip.js/index.js'

let agent = null
let registerer = null
let session = null
/** Who waits for the next call; timers are slow in a page that nobody sees. */
let callCame = null
/** The call that came before anybody waited for it. */
let came = null
/** Texts that nobody has read yet, and who waits for one. */
const unread = []
let reader = null

/** Resolves when `state` of an emitter of SIP.js is the wanted one. */
function becomes(emitter, wanted) {
  if (emitter.state === wanted) return Promise.resolve(wanted)
  return new Promise((resolve) => emitter.stateChange.addListener((state) => state === wanted && resolve(state)))
}

/** Signs in and registers; answers every call that comes. */
export async function register({ server, user, domain, password }) {
  agent = new UserAgent({
    uri: UserAgent.makeURI(`sip:${user}@${domain}`),
    transportOptions: { server, traceSip: false },
    authorizationUsername: user,
    authorizationPassword: password,
    logLevel: 'error',
    delegate: {
      onInvite(invitation) {
        session = invitation
        const established = becomes(invitation, SessionState.Established)
        if (callCame === null) came = established
        else callCame(established)
        callCame = null
        invitation.accept()
      },
      onMessage(message) {
        message.accept()
        const { from, body } = message.request
        const text = `${from.uri.user}: ${body}`
        if (reader === null) unread.push(text)
        else reader(text)
        reader = null
      },
    },
  })
  await agent.start()
  registerer = new Registerer(agent, { expires: 300 })
  await registerer.register()
  return becomes(registerer, RegistererState.Registered)
}

export async function unregister() {
  await registerer.unregister()
  return becomes(registerer, RegistererState.Unregistered)
}

/** Writes to somebody; resolves with the status of the answer. */
export function write(target, text) {
  return new Promise((resolve) => {
    const answered = ({ message }) => resolve(message.statusCode)
    const requestDelegate = { onAccept: answered, onReject: answered }
    new Messager(agent, UserAgent.makeURI(target), text).message({ requestDelegate })
  })
}

/** Resolves with the oldest text that nobody has read yet, after whoever wrote it. */
export function read() {
  if (unread.length > 0) return unread.shift()
  return new Promise((resolve) => {
    reader = resolve
  })
}

/** Calls and resolves when it is answered. */
export async function call(target) {
  session = new Inviter(agent, UserAgent.makeURI(target))
  await session.invite()
  return becomes(session, SessionState.Established)
}

/** Resolves when the next call has come and is answered; one that has come already counts. */
export function called() {
  const before = came
  came = null
  if (before !== null) return before
  return new Promise((resolve) => {
    callCame = resolve
  })
}

/** Hands the other side of its call on; resolves with what it is told of that: status lines (RFC 3515 §2.4.4). */
async function refer(call, target) {
  const told = []
  await new Promise((resolve) => {
    call.refer(target, {
      onNotify(notification) {
        notification.accept()
        const line = notification.request.body.trim()
        told.push(line)
        if (!line.startsWith('SIP/2.0 1')) resolve()
      },
      requestDelegate: {
        onReject(response) {
          told.push(`refused ${response.message.statusCode}`)
          resolve()
        },
      },
    })
  })
  return told
}

export function transfer(target) {
  return refer(session, UserAgent.makeURI(target))
}

/** Asks somebody first, by a second call, and joins the two (RFC 5589 §7). */
export async function transferAttended(target) {
  const first = session
  const consultation = new Inviter(agent, UserAgent.makeURI(target))
  await consultation.invite()
  await becomes(consultation, SessionState.Established)
  const told = await refer(first, consultation)
  await Promise.all([first, consultation].map((call) => becomes(call, SessionState.Terminated)))
  return told
}

export async function hangUp() {
  await session.bye()
  return becomes(session, SessionState.Terminated)
}

export async function ended() {
  await becomes(session, SessionState.Terminated)
  session = null
  return SessionState.Terminated
}

/** Resolves with the packets of sound received, as soon as there are some. */
export async function sound() {
  const connection = session.sessionDescriptionHandler.peerConnection
  for (;;) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.packetsReceived > 10) return report.packetsReceived
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Resolves with the energy of what was heard (W3C webrtc-stats), as soon as it was no silence. */
export async function heardEnergy() {
  const connection = session.sessionDescriptionHandler.peerConnection
  // What nobody plays is not decoded.
  const player = new Audio()
  player.srcObject = new MediaStream(connection.getReceivers().map(({ track }) => track))
  await player.play()
  for (;;) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.totalAudioEnergy > 0.001) return report.totalAudioEnergy
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Resolves with the loudest frequency (Hz) of what is heard, twenty times a second for so long (ms); 0 for silence. */
export async function tones(milliseconds) {
  const connection = session.sessionDescriptionHandler.peerConnection
  const stream = new MediaStream(connection.getReceivers().map(({ track }) => track))
  const player = new Audio()
  player.srcObject = stream
  await player.play()
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 })
  context.createMediaStreamSource(stream).connect(analyser)
  const levels = new Float32Array(analyser.frequencyBinCount)
  const heard = []
  for (const end = Date.now() + milliseconds; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    analyser.getFloatFrequencyData(levels)
    const loudest = levels.indexOf(Math.max(...levels))
    heard.push(levels[loudest] > -60 ? Math.round((loudest * context.sampleRate) / analyser.fftSize) : 0)
  }
  await context.close()
  return heard
}
