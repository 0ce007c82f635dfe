/**
 * What the engine and media processes say to each other: types only.
 *
 * The engine listens at the Unix socket `media.sock` in the data folder; every media process connects there, as often as
 * it takes, and says `hello`. Frames are those of the control port (engine/control/frames.ts): four bytes length, then
 * JSON. Neither side ever waits for the other: what is sent is an order or a fact, and there are no answers to wait for.
 *
 * The engine tells a whole session each time, as it is to be from now on, and media works out what changes: so telling
 * twice does no harm, and a media process that was started again is told everything and goes on at the same ports.
 * Whoever cannot write because the other does not read closes the connection; all is told again on the next one.
 *
 * Ports are chosen by the engine, at once and without asking, from the range in `hello`, so that SDP can be written
 * while an INVITE is handled. Media binds them when it is told of the session.
 */

/** Counted up whenever a message changes its meaning; processes of another number do not talk to each other. */
export type MediaProtocolVersion = 2

/** From a media process to the engine. */
export type MediaReport =
  | MediaHello
  | PreparedEdges
  | SideFailed
  | SideLatched
  | DigitHeard
  | PlayEnded
  | RecordingChanged
  | SessionStatistics

/** From the engine to a media process. */
export type MediaOrder = MediaWelcome | SetSession | Synchronised | CloseSession | TellStatistics

/** The first frame of a connection. */
export interface MediaHello {
  readonly report: 'hello'
  readonly version: MediaProtocolVersion
  /** Which of the media processes: counted from 0, the same after a restart. */
  readonly process: number
  readonly pid: number
  /** Whose packets pass through an rtpengine before they come to it, see `MediaEdge`. */
  readonly edges: 'none' | 'browsers' | 'all'
  /** The rtpengine's name, `address:port`; '' for none. Processes with the same one take over each other's edges. */
  readonly rtpengine: string
  /**
   * RTP ports are the even ones from `first` to `last`, RTCP is one above (RFC 3550 §11). Ranges of processes do not
   * overlap.
   */
  readonly ports: { readonly first: number; readonly last: number }
  readonly addresses: readonly MediaAddress[]
  /** What it can do besides relaying: a session that needs more is not given to it. */
  readonly abilities: readonly MediaAbility[]
}

/** Where a media process receives, one entry for each address of the listeners. */
export interface MediaAddress {
  /** Address to bind, as of the listener that signals; a wildcard (`0.0.0.0`, `::`) is told as it is. */
  readonly bind: string
  /** Written into SDP towards peers outside the local networks; '' where that is no other. */
  readonly advertised: string
}

/** `browser`: ICE and DTLS-SRTP. `sdes`: SRTP with keys in SDP. `transcode`: between G.711 A-law and mu-law. */
export type MediaAbility = 'sdes' | 'transcode' | 'browser' | 'play' | 'record' | 'digits'

/**
 * Edges that an rtpengine has ready, for the engine to use up; more come when they run low. Those of an earlier connection are
 * void unless a side uses them.
 */
export interface PreparedEdges {
  readonly report: 'prepared'
  readonly edges: readonly PreparedEdge[]
}

/**
 * A pair of ports in an rtpengine between one party and the relay: what it takes outside it passes on inside, and back. What
 * only it understands, ICE and DTLS-SRTP, ends there, so to the relay everybody speaks plain RTP.
 */
export interface MediaEdge {
  /** Rtpengine's name for it, for ever. */
  readonly name: string
  /** The party sends to these, and is sent from them: they stand in its SDP. */
  readonly outside: LocalPorts
  /** The relay sends to these, and is sent from them. */
  readonly inside: LocalPorts
}

export interface PreparedEdge extends MediaEdge {
  /** Which rtpengine has it, as in `hello`. */
  readonly rtpengine: string
  /** Address at which the relay has to take what comes from it. */
  readonly relayAddress: string
  /** It is for a browser, which is to be told this; left out where it is not. */
  readonly browser?: BrowserWay
}

/** What one end of a browser's session is told by the other: ICE (RFC 8839), and whose key is taken by DTLS (RFC 5763). */
export interface BrowserWay {
  readonly ufrag: string
  readonly password: string
  /** `sha-256 AB:CD:...` */
  readonly fingerprint: string
}

/** Likewise of the browser itself, and whether it begins the handshake: `active` or `passive`. */
export interface BrowserEnd extends BrowserWay {
  readonly setup: string
}

/** Where one side sends to. */
export interface LocalPorts {
  /** IP address without brackets: to bind, and for SDP where nothing else is advertised. */
  readonly address: string
  /** RTP. */
  readonly port: number
  /** RTCP; the RTP port itself where both share it (RFC 5761). */
  readonly rtcpPort: number
}

/** The engine's answer to `hello`. What follows are all its sessions, and then `synchronised`. */
export interface MediaWelcome {
  readonly order: 'welcome'
  readonly version: MediaProtocolVersion
}

/** All sessions have been told: what the process knows besides is closed. */
export interface Synchronised {
  readonly order: 'synchronised'
}

/** Makes a session, or changes it into this. */
export interface SetSession {
  readonly order: 'session'
  readonly session: MediaSession
}

/** Ends a session; its ports are free at once (the engine keeps them back a while). `SessionStatistics` follows. */
export interface CloseSession {
  readonly order: 'close'
  readonly session: string
}

/** Asks for `SessionStatistics` now. */
export interface TellStatistics {
  readonly order: 'statistics'
  readonly session: string
}

/** One conversation's sound, whole. */
export interface MediaSession {
  /** The engine's name for it, for ever: a session told after a crash under the same name is the same. */
  readonly id: string
  /**
   * One or two, the caller first. A side keeps its name over transfers: where it appears in another session than
   * before, it leaves that one, with its ports and all that was learned of its peer.
   */
  readonly sides: readonly MediaSide[]
  /**
   * `relay`: each side hears the other. `apart`: nothing passes (an announcement before the parties are joined).
   * `echo`: each side hears itself.
   */
  readonly join: 'relay' | 'apart' | 'echo'
  /** `null`: not recorded. Another `id` than before ends the one and begins the other. */
  readonly recording: MediaRecording | null
}

/** One leg of a conversation, as offer and answer have it. */
export interface MediaSide {
  /** Unique among all sides of the installation. */
  readonly id: string
  readonly local: LocalPorts
  /** Between the peer and `local`; left out where there is nothing. */
  readonly edge?: MediaEdge
  /**
   * Where the peer wants sound: address and port of its SDP. `null` before it has told: nothing is sent, and nothing
   * taken. Address `0.0.0.0` or `::`: old style of hold, nothing is sent.
   */
  readonly remote: { readonly address: string; readonly port: number; readonly rtcpPort: number } | null
  /**
   * IP address from which the peer signals, where it is behind NAT: sound is then taken from any port of this address,
   * the first valid packets fix which, and replies go there. `null`: only from `remote`, symmetrically.
   */
  readonly behindNat: string | null
  /** Counted up with each offer and answer of the leg: what latching has fixed is opened again. */
  readonly negotiation: number
  /** Whether the peer may send (else what comes is counted and dropped) and wants to hear: `a=sendrecv` and so on. */
  readonly sends: boolean
  readonly hears: boolean
  /** Formats that the peer sends in: of the SDP that it was given. Others are counted and dropped. */
  readonly sending: readonly MediaFormat[]
  /** Formats that the peer takes: of its own SDP, the preferred one first. */
  readonly taking: readonly MediaFormat[]
  /** Milliseconds of sound in a packet to it (`a=ptime`); for what is played. */
  readonly packetTime: number
  /** SRTP (RFC 4568): `null` for plain RTP. */
  readonly keys: SideKeys | null
  /** It is a browser: what it says of its way, each '' before it has said anything. Left out where it is none. */
  readonly browser?: BrowserEnd
  /** Detects tones in the sound: only where no telephone-event was negotiated. G.711 only. */
  readonly inbandDigits: boolean
  /** What this side hears besides or instead of the other; `null`: nothing. */
  readonly play: MediaPlay | null
}

/** One payload type (RFC 3551, RFC 4566 `a=rtpmap`). Telephone events are formats too (RFC 4733). */
export interface MediaFormat {
  readonly payloadType: number
  /** As in rtpmap, in capital letters: `PCMU`, `PCMA`, `G722`, `OPUS`, `TELEPHONE-EVENT`. */
  readonly name: string
  /** As in rtpmap; 8000 for G722 (RFC 3551 §4.5.2). */
  readonly clockRate: number
  readonly channels: number
}

export type SrtpSuite = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32'

/** Keys of both directions: 30 bytes, master key and salt, in base64 as in `a=crypto`. */
export interface SideKeys {
  /** Of the SDP that the peer was given: what we send is encrypted with it. */
  readonly ours: SrtpKey
  /** Of the peer's SDP. */
  readonly theirs: SrtpKey
}

export interface SrtpKey {
  readonly suite: SrtpSuite
  readonly key: string
}

/** Sound that the server makes for one side. Only where it takes G.711. */
export interface MediaPlay {
  /** Named again in `PlayEnded`; another one than before begins anew, the same one goes on. */
  readonly id: string
  readonly source: SoundSource
  /** `replace`: the other party is not heard meanwhile. `mix`: over the other party. */
  readonly how: 'replace' | 'mix'
  /** Again and again until it is taken away. */
  readonly loop: boolean
}

export type SoundSource =
  /** Sound files, one after the other without a gap: paths on the media process's machine. */
  | { readonly kind: 'files'; readonly files: readonly string[] }
  /** Tones and pauses, one after the other. */
  | { readonly kind: 'tones'; readonly tones: readonly ToneStep[] }

/** Sound of one or more frequencies together; none is silence. */
export interface ToneStep {
  /** Hz. */
  readonly frequencies: readonly number[]
  /** Level of each frequency, dBm0: 0 is 3.14 dB (A-law) below the loudest. */
  readonly level: number
  readonly milliseconds: number
}

/** A recording in stereo: the first side on the left, the second on the right. */
export interface MediaRecording {
  /** Also the files' name. */
  readonly id: string
  /** `paused`: the time passes, nothing of it is kept. */
  readonly state: 'on' | 'paused'
  /** A beep that both sides hear when recording begins, and so often; 0: none. Seconds. */
  readonly beepSeconds: number
  /** Put into the description beside the sound, as it is; may change while recording goes on. */
  readonly description: { readonly [name: string]: unknown }
}

/** A side cannot be used: its port cannot be bound, for example. The session goes on without it. */
export interface SideFailed {
  readonly report: 'sideFailed'
  readonly session: string
  readonly side: string
  /** One line for people. */
  readonly why: string
}

/** A side behind NAT has been found. */
export interface SideLatched {
  readonly report: 'latched'
  readonly session: string
  readonly side: string
  readonly address: string
  readonly port: number
}

/** A key was pressed: told once, when it begins to be sure. */
export interface DigitHeard {
  readonly report: 'digit'
  readonly session: string
  readonly side: string
  /** `0` to `9`, `*`, `#`, `A` to `D`. */
  readonly digit: string
  readonly by: 'event' | 'tone'
}

/** A play that does not loop is over, or cannot go on. */
export interface PlayEnded {
  readonly report: 'played'
  readonly session: string
  readonly side: string
  readonly play: string
  /** '' where it was played to its end; else why not, one line for people. */
  readonly fault: string
}

export interface RecordingChanged {
  readonly report: 'recording'
  readonly session: string
  readonly recording: string
  /** `failed`: nothing more is kept; what was kept stays. `complete`: its files are whole, on the disk and closed. */
  readonly state: 'on' | 'paused' | 'failed' | 'complete'
  /** Milliseconds since 1970. */
  readonly at: number
  /** With `complete` and `failed`: path of the sound file, its length in bytes and milliseconds, its SHA-256 in hex. */
  readonly file: string
  readonly bytes: number
  readonly milliseconds: number
  readonly sha256: string
  /** With `failed`: why, one line for people. */
  readonly fault: string
}

/** At the end of a session, and when asked for. */
export interface SessionStatistics {
  readonly report: 'statistics'
  readonly session: string
  /** Whether the session is over. */
  readonly last: boolean
  readonly sides: readonly SideStatistics[]
}

/** Of one side, since the session began. */
export interface SideStatistics {
  readonly side: string
  /** From the peer, taken and valid. */
  readonly received: Traffic
  /** To the peer. */
  readonly sent: Traffic
  /** RFC 3550 §6.4.1, of what we received: packets lost, and jitter in milliseconds (last and largest). */
  readonly lost: number
  readonly jitter: number
  readonly largestJitter: number
  /** The same as the peer reports it of what we sent; `null` where it sends no reports. */
  readonly reportedLost: number | null
  readonly reportedJitter: number | null
  /** To the peer and back, milliseconds; `null` without reports. */
  readonly roundTrip: number | null
  /** Estimated mean opinion score of what the peer sends, 1 to 4.5 (ITU-T G.107); `null` without sound. */
  readonly mos: number | null
  /** Changes of the source's SSRC. */
  readonly sourceChanges: number
  /** Milliseconds since the last packet; `null` where none came. */
  readonly silentFor: number | null
  readonly dropped: DroppedPackets
}

export interface Traffic {
  readonly packets: number
  /** Of RTP with its header. */
  readonly bytes: number
}

/** What came to a side's ports and was not passed on, by reason. */
export interface DroppedPackets {
  /** From another address than the peer's. */
  readonly strangers: number
  /** No RTP or RTCP, cut short, or with a wrong header. */
  readonly malformed: number
  /** A payload type that was not negotiated. */
  readonly unknownPayload: number
  /** While the peer may not send (hold), or before the other side is there. */
  readonly notWanted: number
  /** SRTP: not authentic, or seen before. */
  readonly refused: number
  /** Too old or too many at once. */
  readonly late: number
}
