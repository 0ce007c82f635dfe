/** What whoever orders a recording says of it, and what stands beside the file when it is complete. */

/** One side of a recorded conversation, as he was when it began. */
export interface RecordedParty {
  /** A user of the company, or somebody beyond a trunk. */
  readonly kind: 'user' | 'outside'
  /** Id of the user; `null` outside. */
  readonly user: string | null
  readonly name: string
  /** Of a user his extension or user name, of others their number; '' if none was shown. */
  readonly number: string
  /** Id of the user's site and PBX; `null` outside. */
  readonly site: string | null
  readonly pbx: string | null
}

/** Plain JSON: it passes between processes, and stands on disk while the recording goes on. */
export interface RecordingOrder {
  /** Names the files: letters, digits, `-` and `_`, at most 64. */
  readonly id: string
  /** Id of the call's record. */
  readonly call: string
  readonly direction: 'incoming' | 'outgoing' | 'internal'
  /** Left channel. */
  readonly caller: RecordedParty
  /** Right channel. */
  readonly callee: RecordedParty
  /** Ids of the users whose mode had it made: it is theirs. */
  readonly owners: readonly string[]
  /** Of owners who came into the conversation later, when: milliseconds since the epoch. Left out where none did. */
  readonly ownedSince?: { readonly [owner: string]: number }
  readonly trigger: 'always' | 'on-demand'
  readonly announced: 'neither' | 'me' | 'remote-party' | 'both'
  /** Id of the retention policy of the owner at this time; `null`: the usual one. */
  readonly policy: string | null
}

/** Sound that is not there though the conversation went on, and why. */
export interface RecordingGap {
  /** Milliseconds of the recording, from its beginning. */
  readonly at: number
  readonly milliseconds: number
  readonly why: 'media-restart' | 'disk' | 'overload'
}

/** A stretch that was left out of the recording on purpose. */
export interface RecordingPause {
  /** Milliseconds of the recording where it was left out. */
  readonly at: number
  /** Milliseconds since the epoch; `to` is `null` while it goes on. */
  readonly from: number
  readonly to: number | null
}

/** The description that lies beside each recording. */
export interface RecordingDescription extends RecordingOrder {
  readonly version: 1
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
  /** Of the recording, pauses left out. */
  readonly milliseconds: number
  readonly pauses: readonly RecordingPause[]
  readonly gaps: readonly RecordingGap[]
  /** Packets of each side that could not be kept: came too late, or in a codec that is not decoded here. */
  readonly late: readonly [caller: number, callee: number]
  readonly undecoded: readonly [caller: number, callee: number]
  /** Path of the sound below the folder of recordings. */
  readonly file: string
  readonly law: 'mu' | 'A'
  /** Bytes of the WAV file, and its SHA-256 in hexadecimal digits; of what is played, not of what is stored. */
  readonly bytes: number
  readonly sha256: string
  /** Name of the key by which it is encrypted; `null`: it is not. */
  readonly key: string | null
  /** Why it ended before the conversation did; `null`: it did not. */
  readonly cutShort: 'media-restart' | 'disk' | 'too-long' | null
}

const idForm = /^[A-Za-z0-9_-]{1,64}$/

/** Whether `id` may name a file. */
export function isRecordingId(id: string): boolean {
  return idForm.test(id)
}
