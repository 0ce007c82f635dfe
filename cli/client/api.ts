/**
 * The API's requests and answers. Made by `npm run client` from admin/openapi.json: change the API, not this file.
 */
import type { OperationDescription } from './operation-description.ts'

export interface Account {
  readonly id: Id
  readonly name: Name
  readonly blockList?: BlockList
  readonly outboundBlockList?: readonly string[]
  readonly simultaneousOutsideForwards?: number
  readonly tollFraud?: {
    readonly timeZone?: TimeZone
    readonly simultaneousCalls?: {
      readonly each?: number
      readonly account?: number
    }
    readonly minutesADay?: {
      readonly low?: {
        readonly each?: number
        readonly account?: number
      }
      readonly medium?: {
        readonly each?: number
        readonly account?: number
      }
      readonly high?: {
        readonly each?: number
        readonly account?: number
      }
    }
    readonly outsideHours?: {
      readonly schedule: Id
      readonly each?: number
      readonly account?: number
    }
    readonly lowRisk?: readonly string[]
    readonly mediumRisk?: readonly string[]
    readonly highRisk?: readonly string[]
  }
  readonly longestCallMinutes?: number
  readonly defaultPbx?: Id
  readonly defaultProfilePolicy?: Id
  readonly passwordPolicy?: {
    readonly shortest?: number
    readonly lowerCase?: boolean
    readonly upperCase?: boolean
    readonly digit?: boolean
    readonly special?: boolean
    readonly validDays?: number
    readonly wrongTries?: number
    readonly lockMinutes?: number
  }
  readonly secondFactorRequired?: boolean
  readonly localSignIn?: 'everyone' | 'administrators'
  readonly singleSignOn?: {
    readonly label: Name
    readonly protocol: 'SAML' | 'OpenID Connect'
    readonly loginUrl: string
    readonly issuer: string
    readonly clientId?: string
    readonly certificate?: string
  }
  readonly language?: Language
  readonly musicOnHold?: Id
  readonly recordingAnnouncement?: 'over-the-speech' | 'first'
  readonly recordingBeep?: boolean
  readonly recordingPolicy?: Id
  readonly recordingPolicies?: readonly ({
    readonly id: Id
    readonly name: Name
    readonly hotDays: number
    readonly coldDays?: number
  })[]
  readonly recordingFormat?: 'wav' | 'opus' | 'mp3'
  readonly recordingWarningGigabytes?: number
  readonly sample?: boolean
}

export interface AccountBlockListPatch {
  readonly callers?: readonly CallerPattern[] | null
  readonly treatment?: Readonly<Record<string, unknown>> | null
  readonly tellAnonymousCallers?: boolean | null
}

export interface AccountPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly blockList?: Readonly<Record<string, unknown>> | null
  readonly outboundBlockList?: readonly string[] | null
  readonly simultaneousOutsideForwards?: number | null
  readonly tollFraud?: Readonly<Record<string, unknown>> | null
  readonly longestCallMinutes?: number | null
  readonly defaultPbx?: Id | null
  readonly defaultProfilePolicy?: Id | null
  readonly passwordPolicy?: Readonly<Record<string, unknown>> | null
  readonly secondFactorRequired?: boolean | null
  readonly localSignIn?: 'everyone' | 'administrators' | null
  readonly singleSignOn?: Readonly<Record<string, unknown>> | null
  readonly language?: Language | null
  readonly musicOnHold?: Id | null
  readonly recordingAnnouncement?: 'over-the-speech' | 'first' | null
  readonly recordingBeep?: boolean | null
  readonly recordingPolicy?: Id | null
  readonly recordingPolicies?: readonly ({
    readonly id: Id
    readonly name: Name
    readonly hotDays: number
    readonly coldDays?: number
  })[] | null
  readonly recordingFormat?: 'wav' | 'opus' | 'mp3' | null
  readonly recordingWarningGigabytes?: number | null
  readonly sample?: boolean | null
}

export interface AccountToWrite {
  readonly id?: Id
  readonly name: Name
  readonly blockList?: BlockList
  readonly outboundBlockList?: readonly string[]
  readonly simultaneousOutsideForwards?: number
  readonly tollFraud?: {
    readonly timeZone?: TimeZone
    readonly simultaneousCalls?: {
      readonly each?: number
      readonly account?: number
    }
    readonly minutesADay?: {
      readonly low?: {
        readonly each?: number
        readonly account?: number
      }
      readonly medium?: {
        readonly each?: number
        readonly account?: number
      }
      readonly high?: {
        readonly each?: number
        readonly account?: number
      }
    }
    readonly outsideHours?: {
      readonly schedule: Id
      readonly each?: number
      readonly account?: number
    }
    readonly lowRisk?: readonly string[]
    readonly mediumRisk?: readonly string[]
    readonly highRisk?: readonly string[]
  }
  readonly longestCallMinutes?: number
  readonly defaultPbx?: Id
  readonly defaultProfilePolicy?: Id
  readonly passwordPolicy?: {
    readonly shortest?: number
    readonly lowerCase?: boolean
    readonly upperCase?: boolean
    readonly digit?: boolean
    readonly special?: boolean
    readonly validDays?: number
    readonly wrongTries?: number
    readonly lockMinutes?: number
  }
  readonly secondFactorRequired?: boolean
  readonly localSignIn?: 'everyone' | 'administrators'
  readonly singleSignOn?: {
    readonly label: Name
    readonly protocol: 'SAML' | 'OpenID Connect'
    readonly loginUrl: string
    readonly issuer: string
    readonly clientId?: string
    readonly certificate?: string
  }
  readonly language?: Language
  readonly musicOnHold?: Id
  readonly recordingAnnouncement?: 'over-the-speech' | 'first'
  readonly recordingBeep?: boolean
  readonly recordingPolicy?: Id
  readonly recordingPolicies?: readonly ({
    readonly id: Id
    readonly name: Name
    readonly hotDays: number
    readonly coldDays?: number
  })[]
  readonly recordingFormat?: 'wav' | 'opus' | 'mp3'
  readonly recordingWarningGigabytes?: number
  readonly sample?: boolean
}

export interface Address {
  readonly name?: string
  readonly streetNumber?: string
  readonly street?: string
  readonly location?: string
  readonly city?: string
  readonly state?: string
  readonly postcode?: string
  readonly country?: Country
  readonly latitude?: string
  readonly longitude?: string
  readonly locationId?: string
}

export interface AdministratorList {
  readonly items: readonly ({
    readonly userName: string
    readonly createdAt: string
    readonly locked: boolean
  })[]
}

export interface Alive {
  readonly alive: true
  readonly version: string
  readonly uptimeSeconds: number
}

export interface Applied {
  readonly revision: number
  readonly inForce: boolean
  readonly changesInAll: number
  readonly changes: readonly Change[]
  readonly warnings: readonly ({
    readonly path: string
    readonly value: string
    readonly message: string
    readonly cure: string
  })[]
}

export interface AudioFile {
  readonly id: Id
  readonly name: Name
  readonly note?: string
  readonly format?: 'wav' | 'au' | 'mp3' | 'ogg'
  readonly file?: string
  readonly sha256?: string
  readonly language?: Language
}

export interface AudioFileInList {
  readonly id?: Id
  readonly name?: Name
  readonly note?: string
  readonly format?: 'wav' | 'au' | 'mp3' | 'ogg'
  readonly file?: string
  readonly sha256?: string
  readonly language?: Language
}

export interface AudioFileList {
  readonly items: readonly AudioFileInList[]
  readonly next: string | null
}

export interface AudioFilePatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly note?: string | null
  readonly format?: 'wav' | 'au' | 'mp3' | 'ogg' | null
  readonly file?: string | null
  readonly sha256?: string | null
  readonly language?: Language | null
}

export interface AudioFileToWrite {
  readonly id: Id
  readonly name: Name
  readonly note?: string
  readonly format?: 'wav' | 'au' | 'mp3' | 'ogg'
  readonly file?: string
  readonly sha256?: string
  readonly language?: Language
}

export interface AudioFileUse {
  readonly kind: string
  readonly id: string
  readonly path: string
  readonly title: string
  readonly href: string
}

export interface AudioFileUseList {
  readonly items: readonly AudioFileUse[]
}

export interface AuditEvent {
  readonly number: number
  readonly at: string
  readonly actor: string
  readonly address: string
  readonly source: string
  readonly action: string
  readonly kind: string | null
  readonly id: string | null
  readonly summary: string
  readonly revision: number | null
  readonly changes: readonly Change[]
  readonly changesInAll: number
}

export interface AuditEventList {
  readonly items: readonly AuditEvent[]
  readonly next: string | null
}

export interface AutoAttendant {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly schedule?: Id
  readonly mode?: 'schedule' | 'open' | 'closed' | 'holiday' | 'alternate'
  readonly open: Id
  readonly closed?: Id
  readonly holiday?: Id
  readonly alternate?: Id
  readonly extensionDialling?: boolean
  readonly menus: readonly ({
    readonly name: Id
    readonly greeting?: Id
    readonly keys?: readonly ({
      readonly key: string
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    })[]
    readonly extensionDialling?: 'off' | 'immediately' | 'after-key'
    readonly timeout?: {
      readonly seconds?: number
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
    readonly wrongKey?: {
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
  })[]
}

export interface AutoAttendantInList {
  readonly id?: Id
  readonly name?: Name
  readonly site?: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly schedule?: Id
  readonly mode?: 'schedule' | 'open' | 'closed' | 'holiday' | 'alternate'
  readonly open?: Id
  readonly closed?: Id
  readonly holiday?: Id
  readonly alternate?: Id
  readonly extensionDialling?: boolean
  readonly menus?: readonly ({
    readonly name: Id
    readonly greeting?: Id
    readonly keys?: readonly ({
      readonly key: string
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    })[]
    readonly extensionDialling?: 'off' | 'immediately' | 'after-key'
    readonly timeout?: {
      readonly seconds?: number
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
    readonly wrongKey?: {
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
  })[]
}

export interface AutoAttendantList {
  readonly items: readonly AutoAttendantInList[]
  readonly next: string | null
}

export interface AutoAttendantPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly site?: Id | null
  readonly extension?: Extension | null
  readonly language?: Language | null
  readonly callingPlan?: string | null
  readonly internationalForwarding?: boolean | null
  readonly musicOnHold?: Id | null
  readonly schedule?: Id | null
  readonly mode?: 'schedule' | 'open' | 'closed' | 'holiday' | 'alternate' | null
  readonly open?: Id | null
  readonly closed?: Id | null
  readonly holiday?: Id | null
  readonly alternate?: Id | null
  readonly extensionDialling?: boolean | null
  readonly menus?: readonly ({
    readonly name: Id
    readonly greeting?: Id
    readonly keys?: readonly ({
      readonly key: string
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    })[]
    readonly extensionDialling?: 'off' | 'immediately' | 'after-key'
    readonly timeout?: {
      readonly seconds?: number
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
    readonly wrongKey?: {
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
  })[] | null
}

export interface AutoAttendantToWrite {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly schedule?: Id
  readonly mode?: 'schedule' | 'open' | 'closed' | 'holiday' | 'alternate'
  readonly open: Id
  readonly closed?: Id
  readonly holiday?: Id
  readonly alternate?: Id
  readonly extensionDialling?: boolean
  readonly menus: readonly ({
    readonly name: Id
    readonly greeting?: Id
    readonly keys?: readonly ({
      readonly key: string
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    })[]
    readonly extensionDialling?: 'off' | 'immediately' | 'after-key'
    readonly timeout?: {
      readonly seconds?: number
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
    readonly wrongKey?: {
      readonly count?: number
      readonly to?: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemailOf?: {
          readonly user?: Id
          readonly ringGroup?: Id
          readonly callQueue?: Id
        }
        readonly menu?: Id
        readonly dialExtension?: boolean
        readonly dialByName?: 'first' | 'last'
        readonly repeat?: boolean
        readonly play?: Id
        readonly language?: Language
        readonly hangUp?: boolean
      }
    }
  })[]
}

export interface BlockList {
  readonly callers: readonly CallerPattern[]
  readonly treatment?: {
    readonly user?: Id
    readonly number?: E164
    readonly ringGroup?: Id
    readonly callQueue?: Id
    readonly autoAttendant?: Id
    readonly parkSlot?: Id
    readonly pagingGroup?: Id
    readonly conference?: Id
    readonly busy?: boolean
    readonly voicemail?: boolean
    readonly asWhenBusy?: boolean
  }
  readonly tellAnonymousCallers?: boolean
}

export interface Call {
  readonly id: string
  readonly state: 'ringing' | 'answered'
  readonly caller: string
  readonly dialled: string
  readonly callee: string
  readonly startedAt: number
  readonly answeredAt: number
  readonly heldBy: 'nobody' | 'caller' | 'callee' | 'both'
  readonly parkedIn?: string
  readonly parties: readonly ({
    readonly kind: 'user' | 'trunk'
    readonly id: string
    readonly title: string
  })[]
}

export interface CallList {
  readonly items: readonly Call[]
  readonly next: string | null
  readonly total: number
}

export interface CallMessage {
  readonly direction: 'received' | 'sent'
  readonly at: number
  readonly transport: string
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly text: string
  readonly cut: boolean
}

export interface CallMessageList {
  readonly items: readonly CallMessage[]
  readonly more: number
  readonly notes: readonly string[]
}

export interface CallOrderDone {
  readonly calls: readonly string[]
}

export interface CallParty {
  readonly kind: 'user' | 'trunk' | 'service'
  readonly id: string
  readonly title: string
}

export interface CallPath {
  readonly text: readonly string[]
  readonly decisions: readonly ({
    readonly result: Readonly<Record<string, unknown>>
    readonly rules: readonly string[]
    readonly outcome: string | null
    readonly assumed: boolean
  })[]
  readonly end: string
}

export interface CallQuality {
  readonly at: string
  readonly side: 'caller' | 'callee'
  readonly codec: string
  readonly packets: number
  readonly lost: number
  readonly jitter: number
  readonly largestJitter: number
  readonly roundTrip: number | null
  readonly mos: number | null
  readonly sent: number
  readonly reportedLost: number | null
  readonly reportedJitter: number | null
  readonly strangers: number
}

export interface CallQueue {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly members: readonly Member[]
  readonly secondaryMembers?: readonly Member[]
  readonly overflow?: {
    readonly longerThan?: number
    readonly waitingSeconds?: number
  }
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle' | 'fewest-calls'
  readonly ringSeconds?: number
  readonly callerNamePrefix?: Name
  readonly pauseReasons?: readonly Name[]
  readonly wrapUpSeconds?: number
  readonly maximumCallers?: number
  readonly maximumWaitSeconds?: number
  readonly serviceLevelSeconds?: number
  readonly schedule?: Id
  readonly forwarding?: {
    readonly all?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly closed?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly nobodySignedIn?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly full?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly waitedTooLong?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
  }
  readonly greeting?: Id
  readonly announcePosition?: boolean
  readonly announceWait?: boolean
  readonly comfort?: {
    readonly audioFile: Id
    readonly everySeconds: number
  }
  readonly callBackOffer?: boolean
  readonly priorities?: readonly ({
    readonly dialled?: E164
    readonly caller?: CallerPattern
    readonly priority: number
  })[]
  readonly recording?: Recording
  readonly voicemail?: Mailbox
  readonly voicemailWithheldFrom?: readonly Id[]
}

export interface CallQueueInList {
  readonly id?: Id
  readonly name?: Name
  readonly site?: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly members?: readonly Member[]
  readonly secondaryMembers?: readonly Member[]
  readonly overflow?: {
    readonly longerThan?: number
    readonly waitingSeconds?: number
  }
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle' | 'fewest-calls'
  readonly ringSeconds?: number
  readonly callerNamePrefix?: Name
  readonly pauseReasons?: readonly Name[]
  readonly wrapUpSeconds?: number
  readonly maximumCallers?: number
  readonly maximumWaitSeconds?: number
  readonly serviceLevelSeconds?: number
  readonly schedule?: Id
  readonly forwarding?: {
    readonly all?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly closed?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly nobodySignedIn?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly full?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly waitedTooLong?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
  }
  readonly greeting?: Id
  readonly announcePosition?: boolean
  readonly announceWait?: boolean
  readonly comfort?: {
    readonly audioFile: Id
    readonly everySeconds: number
  }
  readonly callBackOffer?: boolean
  readonly priorities?: readonly ({
    readonly dialled?: E164
    readonly caller?: CallerPattern
    readonly priority: number
  })[]
  readonly recording?: Recording
  readonly voicemail?: Mailbox
  readonly voicemailWithheldFrom?: readonly Id[]
}

export interface CallQueueList {
  readonly items: readonly CallQueueInList[]
  readonly next: string | null
}

export interface CallQueuePatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly site?: Id | null
  readonly extension?: Extension | null
  readonly language?: Language | null
  readonly callingPlan?: string | null
  readonly internationalForwarding?: boolean | null
  readonly musicOnHold?: Id | null
  readonly members?: readonly Member[] | null
  readonly secondaryMembers?: readonly Member[] | null
  readonly overflow?: Readonly<Record<string, unknown>> | null
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle' | 'fewest-calls' | null
  readonly ringSeconds?: number | null
  readonly callerNamePrefix?: Name | null
  readonly pauseReasons?: readonly Name[] | null
  readonly wrapUpSeconds?: number | null
  readonly maximumCallers?: number | null
  readonly maximumWaitSeconds?: number | null
  readonly serviceLevelSeconds?: number | null
  readonly schedule?: Id | null
  readonly forwarding?: Readonly<Record<string, unknown>> | null
  readonly greeting?: Id | null
  readonly announcePosition?: boolean | null
  readonly announceWait?: boolean | null
  readonly comfort?: Readonly<Record<string, unknown>> | null
  readonly callBackOffer?: boolean | null
  readonly priorities?: readonly ({
    readonly dialled?: E164
    readonly caller?: CallerPattern
    readonly priority: number
  })[] | null
  readonly recording?: Readonly<Record<string, unknown>> | null
  readonly voicemail?: Readonly<Record<string, unknown>> | null
  readonly voicemailPin?: string | null
  readonly voicemailWithheldFrom?: readonly Id[] | null
}

export interface CallQueueToWrite {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly members: readonly Member[]
  readonly secondaryMembers?: readonly Member[]
  readonly overflow?: {
    readonly longerThan?: number
    readonly waitingSeconds?: number
  }
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle' | 'fewest-calls'
  readonly ringSeconds?: number
  readonly callerNamePrefix?: Name
  readonly pauseReasons?: readonly Name[]
  readonly wrapUpSeconds?: number
  readonly maximumCallers?: number
  readonly maximumWaitSeconds?: number
  readonly serviceLevelSeconds?: number
  readonly schedule?: Id
  readonly forwarding?: {
    readonly all?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly closed?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly nobodySignedIn?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly full?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
    readonly waitedTooLong?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: SimpleDestination
    }
  }
  readonly greeting?: Id
  readonly announcePosition?: boolean
  readonly announceWait?: boolean
  readonly comfort?: {
    readonly audioFile: Id
    readonly everySeconds: number
  }
  readonly callBackOffer?: boolean
  readonly priorities?: readonly ({
    readonly dialled?: E164
    readonly caller?: CallerPattern
    readonly priority: number
  })[]
  readonly recording?: Recording
  readonly voicemail?: Mailbox
  readonly voicemailPin?: string
  readonly voicemailWithheldFrom?: readonly Id[]
}

export interface CallRecord {
  readonly id: string
  readonly sipCallId: string
  readonly source: string
  readonly caller: CallParty
  readonly dialled: string
  readonly domain: string
  readonly callee: CallParty | null
  readonly revision: number
  readonly asked: {
    readonly kind: 'device'
    readonly device: string
  } | {
    readonly kind: 'trunk'
    readonly number: string
    readonly name: string
    readonly anonymous: boolean
    readonly ownDiversions: number
  } | null
  readonly steps: readonly CallStep[]
  readonly startedAt: string
  readonly answeredAt: string | null
  readonly endedAt: string | null
  readonly endedBy: 'caller' | 'callee' | 'server' | null
  readonly outcome: 'answered' | 'cancelled' | 'busy' | 'noAnswer' | 'notReachable' | 'refused' | 'failed' | 'lost' | null
  readonly status: number | null
  readonly phrase: string | null
  readonly parent: string | null
  readonly transferred: {
    readonly to: string
    readonly by: CallParty
  } | null
  readonly recordings: readonly string[]
  readonly quality: readonly CallQuality[]
  readonly talkSeconds: number
}

export interface CallRecordList {
  readonly items: readonly CallRecord[]
  readonly next: string | null
}

export interface CallStep {
  readonly at: string
  readonly after: string
  readonly detail: string
  readonly revision: number
  readonly facts: readonly string[]
  readonly rules: readonly ({
    readonly user: string
    readonly step: string
    readonly rule: string
  })[]
  readonly rings: string
  readonly targets: readonly string[]
}

export type CallerPattern = string

export interface CallingPlan {
  readonly id: Id
  readonly name: Name
  readonly note?: string
  readonly allow: readonly string[]
  readonly deny?: readonly string[]
}

export interface CallingPlanInList {
  readonly id?: Id
  readonly name?: Name
  readonly note?: string
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
}

export interface CallingPlanList {
  readonly items: readonly CallingPlanInList[]
  readonly next: string | null
}

export interface CallingPlanPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly note?: string | null
  readonly allow?: readonly string[] | null
  readonly deny?: readonly string[] | null
}

export interface CallingPlanToWrite {
  readonly id: Id
  readonly name: Name
  readonly note?: string
  readonly allow: readonly string[]
  readonly deny?: readonly string[]
}

export interface Change {
  readonly kind: string
  readonly id: string
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
  readonly secretsChanged: readonly string[]
}

export interface Conference {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly moderator?: Id
  readonly waitForModerator?: boolean
  readonly muteOnEntry?: boolean
  readonly maximumParticipants?: number
  readonly recorded?: boolean
  readonly musicOnHold?: Id
}

export interface ConferenceInList {
  readonly id?: Id
  readonly name?: Name
  readonly site?: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly moderator?: Id
  readonly waitForModerator?: boolean
  readonly muteOnEntry?: boolean
  readonly maximumParticipants?: number
  readonly recorded?: boolean
  readonly musicOnHold?: Id
}

export interface ConferenceList {
  readonly items: readonly ConferenceInList[]
  readonly next: string | null
}

export interface ConferencePatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly site?: Id | null
  readonly extension?: Extension | null
  readonly language?: Language | null
  readonly moderator?: Id | null
  readonly pin?: string | null
  readonly moderatorPin?: string | null
  readonly waitForModerator?: boolean | null
  readonly muteOnEntry?: boolean | null
  readonly maximumParticipants?: number | null
  readonly recorded?: boolean | null
  readonly musicOnHold?: Id | null
}

export interface ConferenceToWrite {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly moderator?: Id
  readonly pin?: string
  readonly moderatorPin?: string
  readonly waitForModerator?: boolean
  readonly muteOnEntry?: boolean
  readonly maximumParticipants?: number
  readonly recorded?: boolean
  readonly musicOnHold?: Id
}

export interface Contact {
  readonly id: Id
  readonly firstName: Name
  readonly lastName: Name
  readonly phoneNumbers?: readonly ({
    readonly number: E164
    readonly type: 'WORK' | 'HOME' | 'MOBILE' | 'OTHER'
  })[]
  readonly email?: string
  readonly nickname?: string
  readonly jobTitle?: string
  readonly department?: string
  readonly location?: string
  readonly customField1?: string
  readonly customField2?: string
  readonly customField3?: string
}

export interface ContactInList {
  readonly id?: Id
  readonly firstName?: Name
  readonly lastName?: Name
  readonly phoneNumbers?: readonly ({
    readonly number: E164
    readonly type: 'WORK' | 'HOME' | 'MOBILE' | 'OTHER'
  })[]
  readonly email?: string
  readonly nickname?: string
  readonly jobTitle?: string
  readonly department?: string
  readonly location?: string
  readonly customField1?: string
  readonly customField2?: string
  readonly customField3?: string
}

export interface ContactList {
  readonly items: readonly ContactInList[]
  readonly next: string | null
}

export interface ContactPatch {
  readonly id?: Id | null
  readonly firstName?: Name | null
  readonly lastName?: Name | null
  readonly phoneNumbers?: readonly ({
    readonly number: E164
    readonly type: 'WORK' | 'HOME' | 'MOBILE' | 'OTHER'
  })[] | null
  readonly email?: string | null
  readonly nickname?: string | null
  readonly jobTitle?: string | null
  readonly department?: string | null
  readonly location?: string | null
  readonly customField1?: string | null
  readonly customField2?: string | null
  readonly customField3?: string | null
}

export interface ContactToWrite {
  readonly id: Id
  readonly firstName: Name
  readonly lastName: Name
  readonly phoneNumbers?: readonly ({
    readonly number: E164
    readonly type: 'WORK' | 'HOME' | 'MOBILE' | 'OTHER'
  })[]
  readonly email?: string
  readonly nickname?: string
  readonly jobTitle?: string
  readonly department?: string
  readonly location?: string
  readonly customField1?: string
  readonly customField2?: string
  readonly customField3?: string
}

export type Country = string

export interface Credentials {
  readonly userName: string
  readonly password: string
  readonly name?: string
}

export interface Destination {
  readonly user?: Id
  readonly number?: E164
  readonly ringGroup?: Id
  readonly callQueue?: Id
  readonly autoAttendant?: Id
  readonly parkSlot?: Id
  readonly pagingGroup?: Id
  readonly conference?: Id
  readonly busy?: boolean
  readonly voicemail?: boolean
  readonly list?: TargetList
}

export interface Device {
  readonly id: Id
  readonly user: Id
  readonly sipUserName: string
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[]
  readonly model?: string
  readonly mac?: string
  readonly activationCode?: string
  readonly state?: 'new' | 'activated' | 'unsupported'
  readonly lineKeys?: readonly ({
    readonly does: 'line' | 'lamp' | 'speed-dial' | 'feature-code' | 'nothing'
    readonly label?: Name
    readonly user?: Id
    readonly callQueue?: Id
    readonly parkSlot?: Id
    readonly number?: E164
    readonly code?: string
  })[]
  readonly secureCalling?: boolean
}

export interface DeviceInList {
  readonly id?: Id
  readonly user?: Id
  readonly sipUserName?: string
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[]
  readonly model?: string
  readonly mac?: string
  readonly activationCode?: string
  readonly state?: 'new' | 'activated' | 'unsupported'
  readonly lineKeys?: readonly ({
    readonly does: 'line' | 'lamp' | 'speed-dial' | 'feature-code' | 'nothing'
    readonly label?: Name
    readonly user?: Id
    readonly callQueue?: Id
    readonly parkSlot?: Id
    readonly number?: E164
    readonly code?: string
  })[]
  readonly secureCalling?: boolean
}

export interface DeviceList {
  readonly items: readonly DeviceInList[]
  readonly next: string | null
}

export interface DevicePatch {
  readonly id?: Id | null
  readonly user?: Id | null
  readonly sipUserName?: string | null
  readonly password?: string | null
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[] | null
  readonly model?: string | null
  readonly mac?: string | null
  readonly activationCode?: string | null
  readonly adminPassword?: string | null
  readonly state?: 'new' | 'activated' | 'unsupported' | null
  readonly lineKeys?: readonly ({
    readonly does: 'line' | 'lamp' | 'speed-dial' | 'feature-code' | 'nothing'
    readonly label?: Name
    readonly user?: Id
    readonly callQueue?: Id
    readonly parkSlot?: Id
    readonly number?: E164
    readonly code?: string
  })[] | null
  readonly secureCalling?: boolean | null
}

export interface DeviceToCreate {
  readonly id?: Id
  readonly user: Id
  readonly sipUserName: string
  readonly password: string
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[]
  readonly model?: string
  readonly mac?: string
  readonly activationCode?: string
  readonly adminPassword?: string
  readonly state?: 'new' | 'activated' | 'unsupported'
  readonly lineKeys?: readonly ({
    readonly does: 'line' | 'lamp' | 'speed-dial' | 'feature-code' | 'nothing'
    readonly label?: Name
    readonly user?: Id
    readonly callQueue?: Id
    readonly parkSlot?: Id
    readonly number?: E164
    readonly code?: string
  })[]
  readonly secureCalling?: boolean
}

export interface DeviceToReplace {
  readonly id?: Id
  readonly user: Id
  readonly sipUserName: string
  readonly password?: string
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[]
  readonly model?: string
  readonly mac?: string
  readonly activationCode?: string
  readonly adminPassword?: string
  readonly state?: 'new' | 'activated' | 'unsupported'
  readonly lineKeys?: readonly ({
    readonly does: 'line' | 'lamp' | 'speed-dial' | 'feature-code' | 'nothing'
    readonly label?: Name
    readonly user?: Id
    readonly callQueue?: Id
    readonly parkSlot?: Id
    readonly number?: E164
    readonly code?: string
  })[]
  readonly secureCalling?: boolean
}

export interface Difference {
  readonly changes: readonly Change[]
}

export type Document = Readonly<Record<string, unknown>>

export type E164 = string

export interface ExchangedNumbers {
  readonly numbers: readonly string[]
}

export interface Explanation {
  readonly caller: string
  readonly dialled: string
  readonly revision: number
  readonly at: number
  readonly timeZone: string
  readonly facts: readonly ({
    readonly text: string
    readonly assumed: boolean
  })[]
  readonly past: {
    readonly id: string
    readonly outcome: string | null
    readonly answeredBy: string
    readonly answeredAt: number | null
    readonly endedAt: number | null
    readonly status: number | null
    readonly phrase: string | null
    readonly differences: readonly string[]
  } | null
  readonly first: Readonly<Record<string, unknown>>
}

export type Extension = string

export interface ExtensionEntry {
  readonly extension: string
  readonly pbx: string
  readonly site: string
  readonly kind: string
  readonly id: string
  readonly title: string
}

export interface ExtensionList {
  readonly items: readonly ExtensionEntry[]
  readonly next: string | null
}

export interface Forwarding {
  readonly all?: ForwardingRule
  readonly notReachable?: ForwardingRule
  readonly busy?: ForwardingRule
  readonly noAnswer?: ForwardingRule
}

export interface ForwardingRule {
  readonly name?: Name
  readonly enabled?: boolean
  readonly to: Destination
}

export interface FreeExtension {
  readonly extension: string
}

export type Id = string

export type Intervals = readonly ({
  readonly from: string
  readonly to: string
})[]

export type Language = string

export interface LintFinding {
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly path: string
  readonly value: string
  readonly message: string
  readonly cure: string
}

export interface LintFindings {
  readonly revision: number
  readonly items: readonly LintFinding[]
  readonly unlisted: number
}

export interface Listener {
  readonly bind: string
  readonly port?: number
  readonly transports?: readonly ('UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS')[]
  readonly certificate?: string
  readonly key?: string
  readonly clientAuthorities?: string
  readonly origins?: readonly string[]
  readonly advertiseSip?: string
  readonly advertiseMedia?: string
  readonly localNetworks?: readonly string[]
}

export interface ListenerInList {
  readonly bind?: string
  readonly port?: number
  readonly transports?: readonly ('UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS')[]
  readonly certificate?: string
  readonly key?: string
  readonly clientAuthorities?: string
  readonly origins?: readonly string[]
  readonly advertiseSip?: string
  readonly advertiseMedia?: string
  readonly localNetworks?: readonly string[]
}

export interface ListenerList {
  readonly items: readonly ListenerInList[]
  readonly next: string | null
}

export interface ListenerPatch {
  readonly bind?: string | null
  readonly port?: number | null
  readonly transports?: readonly ('UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS')[] | null
  readonly certificate?: string | null
  readonly key?: string | null
  readonly clientAuthorities?: string | null
  readonly origins?: readonly string[] | null
  readonly advertiseSip?: string | null
  readonly advertiseMedia?: string | null
  readonly localNetworks?: readonly string[] | null
}

export interface ListenerToWrite {
  readonly bind: string
  readonly port?: number
  readonly transports?: readonly ('UDP' | 'TCP' | 'TLS' | 'WS' | 'WSS')[]
  readonly certificate?: string
  readonly key?: string
  readonly clientAuthorities?: string
  readonly origins?: readonly string[]
  readonly advertiseSip?: string
  readonly advertiseMedia?: string
  readonly localNetworks?: readonly string[]
}

export type LocalDate = string

export type LocalDateTime = string

export interface Mailbox {
  readonly enabled?: boolean
  readonly announceOnly?: boolean
  readonly pinFromOwnPhone?: boolean
  readonly notification?: 'none' | 'notice' | 'attachment' | 'attachment-then-delete'
  readonly addresses?: readonly string[]
  readonly transcript?: boolean
  readonly greetings?: {
    readonly internal?: Id
    readonly external?: Id
    readonly businessHours?: Id
    readonly afterHours?: Id
    readonly weekend?: Id
    readonly temporary?: Id
    readonly pinned?: 'internal' | 'external' | 'businessHours' | 'afterHours' | 'weekend' | 'temporary'
  }
  readonly schedule?: Id
}

export interface Member {
  readonly user?: Id
  readonly number?: E164
  readonly ringSeconds?: number
  readonly optedOut?: boolean
}

export interface Message {
  readonly id: string
  readonly from: {
    readonly id: string
    readonly title: string
  }
  readonly to: {
    readonly id: string
    readonly title: string
  }
  readonly dialled: string
  readonly contentType: string
  readonly body: string
  readonly state: 'waiting' | 'delivered' | 'expired' | 'discarded'
  readonly sentAt: string
  readonly settledAt: string | null
}

export interface MessageList {
  readonly items: readonly Message[]
  readonly next: string | null
}

export type Name = string

export interface NewPassword {
  readonly currentPassword?: string
  readonly newPassword: string
}

export interface NewToken {
  readonly token: string
  readonly id: string
  readonly expiresAt: string
}

export interface NotYetInForce {
  readonly inForce: false
  readonly revision: number
}

export interface NumberHolder {
  readonly user?: string
  readonly ringGroup?: string
  readonly callQueue?: string
  readonly autoAttendant?: string
  readonly parkSlot?: string
  readonly pagingGroup?: string
  readonly conference?: string
}

export interface PagingGroup {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension: Extension
  readonly language?: Language
  readonly members: readonly Id[]
  readonly overCalls?: boolean
  readonly multicast?: {
    readonly address: string
    readonly port: number
  }
}

export interface PagingGroupInList {
  readonly id?: Id
  readonly name?: Name
  readonly site?: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly members?: readonly Id[]
  readonly overCalls?: boolean
  readonly multicast?: {
    readonly address: string
    readonly port: number
  }
}

export interface PagingGroupList {
  readonly items: readonly PagingGroupInList[]
  readonly next: string | null
}

export interface PagingGroupPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly site?: Id | null
  readonly extension?: Extension | null
  readonly language?: Language | null
  readonly members?: readonly Id[] | null
  readonly overCalls?: boolean | null
  readonly multicast?: Readonly<Record<string, unknown>> | null
}

export interface PagingGroupToWrite {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension: Extension
  readonly language?: Language
  readonly members: readonly Id[]
  readonly overCalls?: boolean
  readonly multicast?: {
    readonly address: string
    readonly port: number
  }
}

export interface ParkSlot {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension: Extension
  readonly language?: Language
  readonly ringBackSeconds?: number
  readonly musicOnHold?: Id
}

export interface ParkSlotInList {
  readonly id?: Id
  readonly name?: Name
  readonly site?: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly ringBackSeconds?: number
  readonly musicOnHold?: Id
}

export interface ParkSlotList {
  readonly items: readonly ParkSlotInList[]
  readonly next: string | null
}

export interface ParkSlotPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly site?: Id | null
  readonly extension?: Extension | null
  readonly language?: Language | null
  readonly ringBackSeconds?: number | null
  readonly musicOnHold?: Id | null
}

export interface ParkSlotToWrite {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension: Extension
  readonly language?: Language
  readonly ringBackSeconds?: number
  readonly musicOnHold?: Id
}

export interface ParkedCall {
  readonly slot: string
  readonly extension: string
  readonly name: string
  readonly call: string
  readonly parked: string
  readonly by: string
  readonly since: number
}

export interface ParkedCallList {
  readonly items: readonly ParkedCall[]
}

export interface Pbx {
  readonly id: Id
  readonly name: Name
  readonly domain: string
  readonly dialCode?: string
  readonly extensionLength?: {
    readonly shortest: number
    readonly longest: number
  }
  readonly country: Country
  readonly outsidePrefix?: string
  readonly misdialIsError?: boolean
  readonly blockList?: BlockList
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[]
  readonly phoneRedirects?: boolean
  readonly language?: Language
  readonly mainNumber?: E164
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
  readonly featureCodes?: {
    readonly ownVoicemail?: string
    readonly ownVoicemailShort?: string
    readonly anyMailbox?: string
    readonly hideCallerId?: string
    readonly showCallerId?: string
    readonly callWaitingOff?: string
    readonly forwardAll?: string
    readonly forwardAllOff?: string
    readonly forwardBusy?: string
    readonly forwardBusyOff?: string
    readonly forwardNoAnswer?: string
    readonly forwardNoAnswerOff?: string
    readonly doNotDisturbOn?: string
    readonly doNotDisturbOff?: string
    readonly callReturn?: string
    readonly block?: string
    readonly unblock?: string
    readonly pickupGroup?: string
    readonly pickupExtension?: string
    readonly park?: string
    readonly fetchParked?: string
    readonly record?: string
    readonly hotDesk?: string
    readonly page?: string
    readonly emergencyTest?: string
    readonly echoTest?: string
    readonly time?: string
    readonly milliwatt?: string
  }
  readonly pickup?: 'everyone' | 'same-site' | 'same-group' | 'nobody'
  readonly musicOnHold?: Id
  readonly recordingPolicy?: Id
  readonly simultaneousCalls?: number
  readonly longestCallMinutes?: number
  readonly unsolicitedMessageWaiting?: boolean
}

export interface PbxBlockListPatch {
  readonly callers?: readonly CallerPattern[] | null
  readonly treatment?: Readonly<Record<string, unknown>> | null
  readonly tellAnonymousCallers?: boolean | null
}

export interface PbxInList {
  readonly id?: Id
  readonly name?: Name
  readonly domain?: string
  readonly dialCode?: string
  readonly extensionLength?: {
    readonly shortest: number
    readonly longest: number
  }
  readonly country?: Country
  readonly outsidePrefix?: string
  readonly misdialIsError?: boolean
  readonly blockList?: BlockList
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[]
  readonly phoneRedirects?: boolean
  readonly language?: Language
  readonly mainNumber?: E164
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
  readonly featureCodes?: {
    readonly ownVoicemail?: string
    readonly ownVoicemailShort?: string
    readonly anyMailbox?: string
    readonly hideCallerId?: string
    readonly showCallerId?: string
    readonly callWaitingOff?: string
    readonly forwardAll?: string
    readonly forwardAllOff?: string
    readonly forwardBusy?: string
    readonly forwardBusyOff?: string
    readonly forwardNoAnswer?: string
    readonly forwardNoAnswerOff?: string
    readonly doNotDisturbOn?: string
    readonly doNotDisturbOff?: string
    readonly callReturn?: string
    readonly block?: string
    readonly unblock?: string
    readonly pickupGroup?: string
    readonly pickupExtension?: string
    readonly park?: string
    readonly fetchParked?: string
    readonly record?: string
    readonly hotDesk?: string
    readonly page?: string
    readonly emergencyTest?: string
    readonly echoTest?: string
    readonly time?: string
    readonly milliwatt?: string
  }
  readonly pickup?: 'everyone' | 'same-site' | 'same-group' | 'nobody'
  readonly musicOnHold?: Id
  readonly recordingPolicy?: Id
  readonly simultaneousCalls?: number
  readonly longestCallMinutes?: number
  readonly unsolicitedMessageWaiting?: boolean
}

export interface PbxList {
  readonly items: readonly PbxInList[]
  readonly next: string | null
}

export interface PbxPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly domain?: string | null
  readonly dialCode?: string | null
  readonly extensionLength?: Readonly<Record<string, unknown>> | null
  readonly country?: Country | null
  readonly outsidePrefix?: string | null
  readonly misdialIsError?: boolean | null
  readonly blockList?: Readonly<Record<string, unknown>> | null
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[] | null
  readonly phoneRedirects?: boolean | null
  readonly language?: Language | null
  readonly mainNumber?: E164 | null
  readonly callingPlan?: string | null
  readonly outboundBlockList?: readonly string[] | null
  readonly featureCodes?: Readonly<Record<string, unknown>> | null
  readonly pickup?: 'everyone' | 'same-site' | 'same-group' | 'nobody' | null
  readonly musicOnHold?: Id | null
  readonly recordingPolicy?: Id | null
  readonly simultaneousCalls?: number | null
  readonly longestCallMinutes?: number | null
  readonly unsolicitedMessageWaiting?: boolean | null
}

export interface PbxToWrite {
  readonly id: Id
  readonly name: Name
  readonly domain: string
  readonly dialCode?: string
  readonly extensionLength?: {
    readonly shortest: number
    readonly longest: number
  }
  readonly country: Country
  readonly outsidePrefix?: string
  readonly misdialIsError?: boolean
  readonly blockList?: BlockList
  readonly digestAlgorithms?: readonly ('SHA-256' | 'MD5')[]
  readonly phoneRedirects?: boolean
  readonly language?: Language
  readonly mainNumber?: E164
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
  readonly featureCodes?: {
    readonly ownVoicemail?: string
    readonly ownVoicemailShort?: string
    readonly anyMailbox?: string
    readonly hideCallerId?: string
    readonly showCallerId?: string
    readonly callWaitingOff?: string
    readonly forwardAll?: string
    readonly forwardAllOff?: string
    readonly forwardBusy?: string
    readonly forwardBusyOff?: string
    readonly forwardNoAnswer?: string
    readonly forwardNoAnswerOff?: string
    readonly doNotDisturbOn?: string
    readonly doNotDisturbOff?: string
    readonly callReturn?: string
    readonly block?: string
    readonly unblock?: string
    readonly pickupGroup?: string
    readonly pickupExtension?: string
    readonly park?: string
    readonly fetchParked?: string
    readonly record?: string
    readonly hotDesk?: string
    readonly page?: string
    readonly emergencyTest?: string
    readonly echoTest?: string
    readonly time?: string
    readonly milliwatt?: string
  }
  readonly pickup?: 'everyone' | 'same-site' | 'same-group' | 'nobody'
  readonly musicOnHold?: Id
  readonly recordingPolicy?: Id
  readonly simultaneousCalls?: number
  readonly longestCallMinutes?: number
  readonly unsolicitedMessageWaiting?: boolean
}

export interface PhoneNumber {
  readonly number: E164
  readonly user?: Id
  readonly ringGroup?: Id
  readonly callQueue?: Id
  readonly autoAttendant?: Id
  readonly pagingGroup?: Id
  readonly conference?: Id
  readonly source?: 'claimed' | 'ported'
  readonly status?: 'pre-porting' | 'pending' | 'failed'
  readonly expectedDate?: LocalDate
  readonly reason?: string
  readonly temporaryNumber?: E164
  readonly sharedCallerId?: {
    readonly displayName: Name
  }
}

export interface PhoneNumberInList {
  readonly number?: E164
  readonly user?: Id
  readonly ringGroup?: Id
  readonly callQueue?: Id
  readonly autoAttendant?: Id
  readonly pagingGroup?: Id
  readonly conference?: Id
  readonly source?: 'claimed' | 'ported'
  readonly status?: 'pre-porting' | 'pending' | 'failed'
  readonly expectedDate?: LocalDate
  readonly reason?: string
  readonly temporaryNumber?: E164
  readonly sharedCallerId?: {
    readonly displayName: Name
  }
}

export interface PhoneNumberList {
  readonly items: readonly PhoneNumberInList[]
  readonly next: string | null
}

export interface PhoneNumberPatch {
  readonly number?: E164 | null
  readonly user?: Id | null
  readonly ringGroup?: Id | null
  readonly callQueue?: Id | null
  readonly autoAttendant?: Id | null
  readonly pagingGroup?: Id | null
  readonly conference?: Id | null
  readonly source?: 'claimed' | 'ported' | null
  readonly status?: 'pre-porting' | 'pending' | 'failed' | null
  readonly expectedDate?: LocalDate | null
  readonly reason?: string | null
  readonly temporaryNumber?: E164 | null
  readonly sharedCallerId?: Readonly<Record<string, unknown>> | null
}

export interface PhoneNumberToWrite {
  readonly number: E164
  readonly user?: Id
  readonly ringGroup?: Id
  readonly callQueue?: Id
  readonly autoAttendant?: Id
  readonly pagingGroup?: Id
  readonly conference?: Id
  readonly source?: 'claimed' | 'ported'
  readonly status?: 'pre-porting' | 'pending' | 'failed'
  readonly expectedDate?: LocalDate
  readonly reason?: string
  readonly temporaryNumber?: E164
  readonly sharedCallerId?: {
    readonly displayName: Name
  }
}

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly problems?: readonly ({
    readonly path: string
    readonly value: string
    readonly message: string
    readonly cure: string
  })[]
  readonly referrers?: readonly ({
    readonly kind: string
    readonly id: string
    readonly path: string
    readonly title: string
    readonly href: string
  })[]
  readonly logId?: string
}

export interface ProfilePolicy {
  readonly id: Id
  readonly name: Name
  readonly note?: string
  readonly locks: readonly ('basic-information' | 'meetings' | 'upgrade-prompts' | 'messaging' | 'recordings-access' | 'recordings-deletion' | 'recording-settings' | 'voicemail-settings' | 'voicemail-transcript' | 'external-caller-id' | 'internal-caller-id' | 'forwarding-rules' | 'music-on-hold' | 'emergency-address' | 'fax')[]
}

export interface ProfilePolicyInList {
  readonly id?: Id
  readonly name?: Name
  readonly note?: string
  readonly locks?: readonly ('basic-information' | 'meetings' | 'upgrade-prompts' | 'messaging' | 'recordings-access' | 'recordings-deletion' | 'recording-settings' | 'voicemail-settings' | 'voicemail-transcript' | 'external-caller-id' | 'internal-caller-id' | 'forwarding-rules' | 'music-on-hold' | 'emergency-address' | 'fax')[]
}

export interface ProfilePolicyList {
  readonly items: readonly ProfilePolicyInList[]
  readonly next: string | null
}

export interface ProfilePolicyPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly note?: string | null
  readonly locks?: readonly ('basic-information' | 'meetings' | 'upgrade-prompts' | 'messaging' | 'recordings-access' | 'recordings-deletion' | 'recording-settings' | 'voicemail-settings' | 'voicemail-transcript' | 'external-caller-id' | 'internal-caller-id' | 'forwarding-rules' | 'music-on-hold' | 'emergency-address' | 'fax')[] | null
}

export interface ProfilePolicyToWrite {
  readonly id: Id
  readonly name: Name
  readonly note?: string
  readonly locks: readonly ('basic-information' | 'meetings' | 'upgrade-prompts' | 'messaging' | 'recordings-access' | 'recordings-deletion' | 'recording-settings' | 'voicemail-settings' | 'voicemail-transcript' | 'external-caller-id' | 'internal-caller-id' | 'forwarding-rules' | 'music-on-hold' | 'emergency-address' | 'fax')[]
}

export interface Prompt {
  readonly name: string
  readonly text: string
  readonly isReplaced: boolean
}

export interface PromptList {
  readonly items: readonly Prompt[]
}

export interface Readiness {
  readonly ready: boolean
  readonly alerts: readonly string[]
  readonly storeRevision: number | null
  readonly engineRevision: number | null
}

export interface RecordedCall {
  readonly id: string
  readonly call: string
  readonly direction: 'incoming' | 'outgoing' | 'internal'
  readonly caller: RecordedParty
  readonly callee: RecordedParty
  readonly owners: readonly string[]
  readonly laterOwners: readonly ({
    readonly owner: string
    readonly at: number
  })[]
  readonly trigger: 'always' | 'on-demand'
  readonly announced: 'neither' | 'me' | 'remote-party' | 'both'
  readonly startedAt: string
  readonly endedAt: string
  readonly milliseconds: number
  readonly pauses: readonly ({
    readonly at: number
    readonly from: string
    readonly to: string | null
  })[]
  readonly gaps: readonly ({
    readonly at: number
    readonly milliseconds: number
    readonly why: 'media-restart' | 'disk' | 'overload'
  })[]
  readonly cutShort: 'media-restart' | 'disk' | 'too-long' | null
  readonly format: 'wav' | 'opus' | 'mp3'
  readonly bytes: number
  readonly sha256: string
  readonly encrypted: boolean
  readonly state: 'available' | 'archived' | 'retrieving' | 'retrieved'
  readonly availableUntil: string | null
  readonly policy: string | null
  readonly deletedAfter: string | null
  readonly hold: string | null
}

export interface RecordedParty {
  readonly kind: 'user' | 'outside'
  readonly user: string | null
  readonly name: string
  readonly number: string
  readonly site: string | null
  readonly pbx: string | null
}

export interface Recording {
  readonly mode: 'never' | 'on-demand' | 'always'
  readonly announcement?: 'neither' | 'me' | 'remote-party' | 'both'
  readonly mail?: boolean
  readonly policy?: Id
}

export interface RecordingList {
  readonly items: readonly RecordedCall[]
  readonly next: string | null
}

export interface RecordingOrder {
  readonly action: 'start' | 'pause' | 'resume' | 'stop'
}

export interface RecordingTask {
  readonly id: string
  readonly kind: 'delete' | 'retrieve'
  readonly state: 'waiting' | 'running' | 'done' | 'stopped'
  readonly by: string
  readonly startedAt: string
  readonly endedAt: string | null
  readonly total: number
  readonly done: number
  readonly failed: number
  readonly failures: readonly ({
    readonly recording: string
    readonly message: string
  })[]
}

export interface RecordingTaskList {
  readonly items: readonly RecordingTask[]
}

export interface RecordingUsage {
  readonly recordings: number
  readonly bytes: number
  readonly warningBytes: number | null
  readonly isOverWarning: boolean
  readonly users: readonly ({
    readonly user: string
    readonly recordings: number
    readonly bytes: number
  })[]
}

export interface Registration {
  readonly id: string
  readonly userId: string
  readonly user: string
  readonly extension: string
  readonly sipUserName: string
  readonly deviceId: string
  readonly contact: string
  readonly transport: string
  readonly source: string
  readonly behindNat: boolean
  readonly userAgent: string
  readonly expiresAt: number
}

export interface RegistrationList {
  readonly items: readonly Registration[]
  readonly next: string | null
  readonly total: number
}

export interface Restored {
  readonly revision: number
  readonly inForce: boolean
  readonly changesInAll: number
  readonly changes: readonly Change[]
}

export interface Restoring {
  readonly newSecrets?: readonly ({
    readonly kind: 'account' | 'listener' | 'pbx' | 'trunk' | 'schedule' | 'callingPlan' | 'profilePolicy' | 'audioFile' | 'site' | 'user' | 'ringGroup' | 'callQueue' | 'autoAttendant' | 'parkSlot' | 'pagingGroup' | 'conference' | 'device' | 'phoneNumber' | 'contact' | 'webhook'
    readonly id: string
    readonly field: string
    readonly value: string
  })[]
}

export interface Revision {
  readonly revision: number
  readonly at: string
  readonly actor: string
  readonly address: string
  readonly source: string
  readonly summary: string
}

export interface RevisionList {
  readonly items: readonly Revision[]
  readonly next: string | null
}

export interface RevisionWithChanges {
  readonly revision: number
  readonly at: string
  readonly actor: string
  readonly address: string
  readonly source: string
  readonly summary: string
  readonly changes: readonly Change[]
}

export interface RingGroup {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly members: readonly Member[]
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle'
  readonly ringSeconds?: number
  readonly callerNamePrefix?: Name
  readonly skipBusyMembers?: boolean
  readonly membersMayOptOut?: boolean
  readonly forwarding?: {
    readonly all?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly notReachable?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly busy?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly noAnswer?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
  }
  readonly recording?: Recording
  readonly voicemail?: Mailbox
}

export interface RingGroupInList {
  readonly id?: Id
  readonly name?: Name
  readonly site?: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly members?: readonly Member[]
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle'
  readonly ringSeconds?: number
  readonly callerNamePrefix?: Name
  readonly skipBusyMembers?: boolean
  readonly membersMayOptOut?: boolean
  readonly forwarding?: {
    readonly all?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly notReachable?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly busy?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly noAnswer?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
  }
  readonly recording?: Recording
  readonly voicemail?: Mailbox
}

export interface RingGroupList {
  readonly items: readonly RingGroupInList[]
  readonly next: string | null
}

export interface RingGroupPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly site?: Id | null
  readonly extension?: Extension | null
  readonly language?: Language | null
  readonly callingPlan?: string | null
  readonly internationalForwarding?: boolean | null
  readonly musicOnHold?: Id | null
  readonly members?: readonly Member[] | null
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle' | null
  readonly ringSeconds?: number | null
  readonly callerNamePrefix?: Name | null
  readonly skipBusyMembers?: boolean | null
  readonly membersMayOptOut?: boolean | null
  readonly forwarding?: Readonly<Record<string, unknown>> | null
  readonly recording?: Readonly<Record<string, unknown>> | null
  readonly voicemail?: Readonly<Record<string, unknown>> | null
  readonly voicemailPin?: string | null
}

export interface RingGroupToWrite {
  readonly id: Id
  readonly name: Name
  readonly site: Id
  readonly extension?: Extension
  readonly language?: Language
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: Id
  readonly members: readonly Member[]
  readonly pattern?: 'all' | 'in-order' | 'round-robin' | 'longest-idle'
  readonly ringSeconds?: number
  readonly callerNamePrefix?: Name
  readonly skipBusyMembers?: boolean
  readonly membersMayOptOut?: boolean
  readonly forwarding?: {
    readonly all?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly notReachable?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly busy?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
    readonly noAnswer?: {
      readonly name?: Name
      readonly enabled?: boolean
      readonly to: {
        readonly user?: Id
        readonly number?: E164
        readonly ringGroup?: Id
        readonly callQueue?: Id
        readonly autoAttendant?: Id
        readonly parkSlot?: Id
        readonly pagingGroup?: Id
        readonly conference?: Id
        readonly voicemail?: boolean
      }
    }
  }
  readonly recording?: Recording
  readonly voicemail?: Mailbox
  readonly voicemailPin?: string
}

export interface Rule {
  readonly name: Name
  readonly enabled?: boolean
  readonly who?: {
    readonly callers?: readonly CallerPattern[]
    readonly contacts?: readonly Id[]
  }
  readonly when?: {
    readonly from?: LocalDateTime
    readonly until?: LocalDateTime
    readonly weekly?: WeeklyHours
    readonly schedule?: Id
    readonly during?: 'open' | 'closed' | 'holiday'
  }
  readonly to: RuleDestination
}

export interface RuleDestination {
  readonly user?: Id
  readonly number?: E164
  readonly ringGroup?: Id
  readonly callQueue?: Id
  readonly autoAttendant?: Id
  readonly parkSlot?: Id
  readonly pagingGroup?: Id
  readonly conference?: Id
  readonly busy?: boolean
  readonly voicemail?: boolean
  readonly list?: TargetList
  readonly ringPhones?: {
    readonly seconds: number
    readonly afterwards?: SimpleDestination
  }
}

export interface RuleList {
  readonly items: readonly Rule[]
}

export interface RuleOrder {
  readonly names: readonly string[]
}

export interface RulePatch {
  readonly name?: Name | null
  readonly enabled?: boolean | null
  readonly who?: Readonly<Record<string, unknown>> | null
  readonly when?: Readonly<Record<string, unknown>> | null
  readonly to?: Readonly<Record<string, unknown>> | null
}

export interface Schedule {
  readonly id: Id
  readonly name: Name
  readonly timeZone: TimeZone
  readonly weekly: WeeklyHours
  readonly exceptions?: readonly ({
    readonly date: LocalDate
    readonly until?: LocalDate
    readonly name?: Name
    readonly holiday?: boolean
    readonly open?: Intervals
  })[]
}

export interface ScheduleInList {
  readonly id?: Id
  readonly name?: Name
  readonly timeZone?: TimeZone
  readonly weekly?: WeeklyHours
  readonly exceptions?: readonly ({
    readonly date: LocalDate
    readonly until?: LocalDate
    readonly name?: Name
    readonly holiday?: boolean
    readonly open?: Intervals
  })[]
}

export interface ScheduleList {
  readonly items: readonly ScheduleInList[]
  readonly next: string | null
}

export interface SchedulePatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly timeZone?: TimeZone | null
  readonly weekly?: Readonly<Record<string, unknown>> | null
  readonly exceptions?: readonly ({
    readonly date: LocalDate
    readonly until?: LocalDate
    readonly name?: Name
    readonly holiday?: boolean
    readonly open?: Intervals
  })[] | null
}

export interface ScheduleToWrite {
  readonly id: Id
  readonly name: Name
  readonly timeZone: TimeZone
  readonly weekly: WeeklyHours
  readonly exceptions?: readonly ({
    readonly date: LocalDate
    readonly until?: LocalDate
    readonly name?: Name
    readonly holiday?: boolean
    readonly open?: Intervals
  })[]
}

export interface SimpleDestination {
  readonly user?: Id
  readonly number?: E164
  readonly ringGroup?: Id
  readonly callQueue?: Id
  readonly autoAttendant?: Id
  readonly parkSlot?: Id
  readonly pagingGroup?: Id
  readonly conference?: Id
  readonly busy?: boolean
  readonly voicemail?: boolean
}

export interface Site {
  readonly id: Id
  readonly name: Name
  readonly pbx: Id
  readonly timeZone: string
  readonly country?: Country
  readonly areaCode?: string
  readonly mainNumber?: E164
  readonly mainNumberForAll?: boolean
  readonly language?: Language
  readonly address?: Address
  readonly localNetworks?: readonly TimeZone[]
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
  readonly emergencyAddress?: Address
  readonly emergencyNotification?: readonly string[]
  readonly securityDesk?: {
    readonly mode: 'notice' | 'listening' | 'speaking'
    readonly targets: readonly ({
      readonly user?: Id
      readonly ringGroup?: Id
      readonly number?: E164
    })[]
  }
  readonly musicOnHold?: Id
}

export interface SiteInList {
  readonly id?: Id
  readonly name?: Name
  readonly pbx?: Id
  readonly timeZone?: string
  readonly country?: Country
  readonly areaCode?: string
  readonly mainNumber?: E164
  readonly mainNumberForAll?: boolean
  readonly language?: Language
  readonly address?: Address
  readonly localNetworks?: readonly TimeZone[]
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
  readonly emergencyAddress?: Address
  readonly emergencyNotification?: readonly string[]
  readonly securityDesk?: {
    readonly mode: 'notice' | 'listening' | 'speaking'
    readonly targets: readonly ({
      readonly user?: Id
      readonly ringGroup?: Id
      readonly number?: E164
    })[]
  }
  readonly musicOnHold?: Id
}

export interface SiteList {
  readonly items: readonly SiteInList[]
  readonly next: string | null
}

export interface SitePatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly pbx?: Id | null
  readonly timeZone?: string | null
  readonly country?: Country | null
  readonly areaCode?: string | null
  readonly mainNumber?: E164 | null
  readonly mainNumberForAll?: boolean | null
  readonly language?: Language | null
  readonly address?: Readonly<Record<string, unknown>> | null
  readonly localNetworks?: readonly TimeZone[] | null
  readonly callingPlan?: string | null
  readonly outboundBlockList?: readonly string[] | null
  readonly emergencyAddress?: Readonly<Record<string, unknown>> | null
  readonly emergencyNotification?: readonly string[] | null
  readonly securityDesk?: Readonly<Record<string, unknown>> | null
  readonly musicOnHold?: Id | null
}

export interface SiteToWrite {
  readonly id: Id
  readonly name: Name
  readonly pbx: Id
  readonly timeZone: string
  readonly country?: Country
  readonly areaCode?: string
  readonly mainNumber?: E164
  readonly mainNumberForAll?: boolean
  readonly language?: Language
  readonly address?: Address
  readonly localNetworks?: readonly TimeZone[]
  readonly callingPlan?: string
  readonly outboundBlockList?: readonly string[]
  readonly emergencyAddress?: Address
  readonly emergencyNotification?: readonly string[]
  readonly securityDesk?: {
    readonly mode: 'notice' | 'listening' | 'speaking'
    readonly targets: readonly ({
      readonly user?: Id
      readonly ringGroup?: Id
      readonly number?: E164
    })[]
  }
  readonly musicOnHold?: Id
}

export interface StorageObjectList {
  readonly items: readonly RecordedCall[]
  readonly next: string | null
}

export interface Subscription {
  readonly id: string
  readonly event: 'dialog' | 'message-summary' | 'presence'
  readonly watched: string
  readonly watchedName: string
  readonly userId: string
  readonly user: string
  readonly extension: string
  readonly sipUserName: string
  readonly deviceId: string
  readonly transport: string
  readonly source: string
  readonly flowLost: boolean
  readonly begunAt: number
  readonly expiresAt: number
}

export interface SubscriptionList {
  readonly items: readonly Subscription[]
  readonly next: string | null
  readonly total: number
}

export interface TargetList {
  readonly order: 'sequential' | 'simultaneous'
  readonly members: readonly ({
    readonly user?: Id
    readonly number?: E164
    readonly ringGroup?: Id
    readonly callQueue?: Id
    readonly autoAttendant?: Id
    readonly parkSlot?: Id
    readonly pagingGroup?: Id
    readonly conference?: Id
    readonly ringSeconds?: number
  })[]
  readonly afterwards?: SimpleDestination
}

export type TimeZone = string

export interface TokenList {
  readonly items: readonly ({
    readonly id: string
    readonly name: string
    readonly createdAt: string
    readonly expiresAt: string
    readonly current: boolean
  })[]
}

export interface TollUse {
  readonly key: string
  readonly name: string
  readonly calls: number
  readonly seconds: {
    readonly low: number
    readonly medium: number
    readonly high: number
  }
  readonly outsideHours: number
}

export interface TollUseList {
  readonly items: readonly TollUse[]
}

export interface Trunk {
  readonly id: Id
  readonly name: Name
  readonly transport?: 'UDP' | 'TCP' | 'TLS'
  readonly address: string
  readonly port?: number
  readonly trusted: readonly ({
    readonly address: string
    readonly port?: number
  })[]
  readonly channels?: number
  readonly singleDialog?: boolean
  readonly transfers?: boolean
  readonly prefixes: readonly string[]
  readonly priority?: number
  readonly numberFormat?: 'e164' | 'e164-without-plus' | 'national'
  readonly callerNumberFormat?: 'e164' | 'e164-without-plus' | 'national'
  readonly country?: Country
  readonly emergency?: 'first' | 'allowed' | 'never'
  readonly forwardedCallerId?: 'original' | 'forwarder' | 'original-in-From'
  readonly authUserName?: string
  readonly domain?: string
  readonly registration?: {
    readonly registrar: string
    readonly port?: number
    readonly contactUser?: string
    readonly expiresSeconds?: number
  }
  readonly hosts?: readonly ({
    readonly host: string
    readonly port?: number
    readonly priority?: number
    readonly weight?: number
  })[]
  readonly weight?: number
  readonly optionsSeconds?: number
  readonly callerIdHeaders?: readonly ('P-Asserted-Identity' | 'P-Preferred-Identity' | 'Remote-Party-ID' | 'From')[]
  readonly diversionHeader?: 'Diversion' | 'History-Info' | 'both' | 'none'
  readonly dialledNumberIn?: 'Request-URI' | 'To' | 'P-Called-Party-ID'
  readonly codecs?: readonly ('PCMA' | 'PCMU' | 'G722' | 'G729' | 'opus' | 'AMR-WB')[]
  readonly dtmf?: 'RFC4733' | 'INFO' | 'in-band'
  readonly emergencyCountries?: readonly Country[]
  readonly longestCallMinutes?: number
}

export interface TrunkInList {
  readonly id?: Id
  readonly name?: Name
  readonly transport?: 'UDP' | 'TCP' | 'TLS'
  readonly address?: string
  readonly port?: number
  readonly trusted?: readonly ({
    readonly address: string
    readonly port?: number
  })[]
  readonly channels?: number
  readonly singleDialog?: boolean
  readonly transfers?: boolean
  readonly prefixes?: readonly string[]
  readonly priority?: number
  readonly numberFormat?: 'e164' | 'e164-without-plus' | 'national'
  readonly callerNumberFormat?: 'e164' | 'e164-without-plus' | 'national'
  readonly country?: Country
  readonly emergency?: 'first' | 'allowed' | 'never'
  readonly forwardedCallerId?: 'original' | 'forwarder' | 'original-in-From'
  readonly authUserName?: string
  readonly domain?: string
  readonly registration?: {
    readonly registrar: string
    readonly port?: number
    readonly contactUser?: string
    readonly expiresSeconds?: number
  }
  readonly hosts?: readonly ({
    readonly host: string
    readonly port?: number
    readonly priority?: number
    readonly weight?: number
  })[]
  readonly weight?: number
  readonly optionsSeconds?: number
  readonly callerIdHeaders?: readonly ('P-Asserted-Identity' | 'P-Preferred-Identity' | 'Remote-Party-ID' | 'From')[]
  readonly diversionHeader?: 'Diversion' | 'History-Info' | 'both' | 'none'
  readonly dialledNumberIn?: 'Request-URI' | 'To' | 'P-Called-Party-ID'
  readonly codecs?: readonly ('PCMA' | 'PCMU' | 'G722' | 'G729' | 'opus' | 'AMR-WB')[]
  readonly dtmf?: 'RFC4733' | 'INFO' | 'in-band'
  readonly emergencyCountries?: readonly Country[]
  readonly longestCallMinutes?: number
}

export interface TrunkList {
  readonly items: readonly TrunkInList[]
  readonly next: string | null
}

export interface TrunkPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly transport?: 'UDP' | 'TCP' | 'TLS' | null
  readonly address?: string | null
  readonly port?: number | null
  readonly trusted?: readonly ({
    readonly address: string
    readonly port?: number
  })[] | null
  readonly channels?: number | null
  readonly singleDialog?: boolean | null
  readonly transfers?: boolean | null
  readonly prefixes?: readonly string[] | null
  readonly priority?: number | null
  readonly numberFormat?: 'e164' | 'e164-without-plus' | 'national' | null
  readonly callerNumberFormat?: 'e164' | 'e164-without-plus' | 'national' | null
  readonly country?: Country | null
  readonly emergency?: 'first' | 'allowed' | 'never' | null
  readonly forwardedCallerId?: 'original' | 'forwarder' | 'original-in-From' | null
  readonly authUserName?: string | null
  readonly password?: string | null
  readonly domain?: string | null
  readonly registration?: Readonly<Record<string, unknown>> | null
  readonly hosts?: readonly ({
    readonly host: string
    readonly port?: number
    readonly priority?: number
    readonly weight?: number
  })[] | null
  readonly weight?: number | null
  readonly optionsSeconds?: number | null
  readonly callerIdHeaders?: readonly ('P-Asserted-Identity' | 'P-Preferred-Identity' | 'Remote-Party-ID' | 'From')[] | null
  readonly diversionHeader?: 'Diversion' | 'History-Info' | 'both' | 'none' | null
  readonly dialledNumberIn?: 'Request-URI' | 'To' | 'P-Called-Party-ID' | null
  readonly codecs?: readonly ('PCMA' | 'PCMU' | 'G722' | 'G729' | 'opus' | 'AMR-WB')[] | null
  readonly dtmf?: 'RFC4733' | 'INFO' | 'in-band' | null
  readonly emergencyCountries?: readonly Country[] | null
  readonly longestCallMinutes?: number | null
}

export interface TrunkState {
  readonly id: string
  readonly name: string
  readonly state: 'up' | 'unregistered' | 'down'
  readonly problem: string
  readonly registration: {
    readonly state: 'registering' | 'registered' | 'refused' | 'not answered'
    readonly expiresAt: number
  } | null
  readonly addresses: readonly ({
    readonly address: string
    readonly state: 'unknown' | 'up' | 'down'
    readonly misses: number
  })[]
  readonly channelsInUse: number
  readonly channels: number
}

export interface TrunkStateList {
  readonly items: readonly TrunkState[]
}

export interface TrunkToWrite {
  readonly id: Id
  readonly name: Name
  readonly transport?: 'UDP' | 'TCP' | 'TLS'
  readonly address: string
  readonly port?: number
  readonly trusted: readonly ({
    readonly address: string
    readonly port?: number
  })[]
  readonly channels?: number
  readonly singleDialog?: boolean
  readonly transfers?: boolean
  readonly prefixes: readonly string[]
  readonly priority?: number
  readonly numberFormat?: 'e164' | 'e164-without-plus' | 'national'
  readonly callerNumberFormat?: 'e164' | 'e164-without-plus' | 'national'
  readonly country?: Country
  readonly emergency?: 'first' | 'allowed' | 'never'
  readonly forwardedCallerId?: 'original' | 'forwarder' | 'original-in-From'
  readonly authUserName?: string
  readonly password?: string
  readonly domain?: string
  readonly registration?: {
    readonly registrar: string
    readonly port?: number
    readonly contactUser?: string
    readonly expiresSeconds?: number
  }
  readonly hosts?: readonly ({
    readonly host: string
    readonly port?: number
    readonly priority?: number
    readonly weight?: number
  })[]
  readonly weight?: number
  readonly optionsSeconds?: number
  readonly callerIdHeaders?: readonly ('P-Asserted-Identity' | 'P-Preferred-Identity' | 'Remote-Party-ID' | 'From')[]
  readonly diversionHeader?: 'Diversion' | 'History-Info' | 'both' | 'none'
  readonly dialledNumberIn?: 'Request-URI' | 'To' | 'P-Called-Party-ID'
  readonly codecs?: readonly ('PCMA' | 'PCMU' | 'G722' | 'G729' | 'opus' | 'AMR-WB')[]
  readonly dtmf?: 'RFC4733' | 'INFO' | 'in-band'
  readonly emergencyCountries?: readonly Country[]
  readonly longestCallMinutes?: number
}

export interface User {
  readonly id: Id
  readonly userName: string
  readonly firstName: Name
  readonly lastName: Name
  readonly email: string
  readonly site: Id
  readonly extension?: Extension
  readonly primaryNumber?: E164
  readonly active?: boolean
  readonly callWaiting?: boolean
  readonly holdRecallSeconds?: number
  readonly longestCallMinutes?: number
  readonly lines?: number
  readonly ringSeconds?: number
  readonly blockCallerId?: boolean
  readonly internationalForwarding?: boolean
  readonly blockList?: BlockList
  readonly rules?: readonly Rule[]
  readonly forwarding?: {
    readonly all?: ForwardingRule
    readonly notReachable?: ForwardingRule
    readonly busy?: ForwardingRule
    readonly noAnswer?: ForwardingRule
  }
  readonly doNotDisturb?: boolean
  readonly language?: Language
  readonly timeZone?: TimeZone
  readonly jobTitle?: string
  readonly department?: string
  readonly address?: Address
  readonly personalNumber?: E164
  readonly licence?: Id
  readonly profilePolicy?: Id
  readonly directoryScope?: 'company' | 'site' | 'none'
  readonly inDirectory?: boolean
  readonly externalCallerId?: {
    readonly name?: Name
    readonly number?: E164
  }
  readonly internalCallerId?: {
    readonly name: Name
  }
  readonly recording?: Recording
  readonly callingPlan?: string
  readonly callingCountry?: Country
  readonly outboundBlockList?: readonly string[]
  readonly voicemail?: Mailbox
  readonly musicOnHold?: Id
  readonly emergencyAddress?: {
    readonly use: 'site' | 'own' | 'none'
    readonly address?: Address
  }
  readonly faxNumber?: E164
  readonly pickupGroups?: readonly Name[]
  readonly hotDesk?: boolean
  readonly secureCalling?: boolean
  readonly federationId?: string
  readonly crm?: {
    readonly name: string
    readonly login: string
  }
}

export interface UserBlockListPatch {
  readonly callers?: readonly CallerPattern[] | null
  readonly treatment?: Readonly<Record<string, unknown>> | null
  readonly tellAnonymousCallers?: boolean | null
}

export interface UserForwardingPatch {
  readonly all?: Readonly<Record<string, unknown>> | null
  readonly notReachable?: Readonly<Record<string, unknown>> | null
  readonly busy?: Readonly<Record<string, unknown>> | null
  readonly noAnswer?: Readonly<Record<string, unknown>> | null
}

export interface UserInList {
  readonly id?: Id
  readonly userName?: string
  readonly firstName?: Name
  readonly lastName?: Name
  readonly email?: string
  readonly site?: Id
  readonly extension?: Extension
  readonly primaryNumber?: E164
  readonly active?: boolean
  readonly callWaiting?: boolean
  readonly holdRecallSeconds?: number
  readonly longestCallMinutes?: number
  readonly lines?: number
  readonly ringSeconds?: number
  readonly blockCallerId?: boolean
  readonly internationalForwarding?: boolean
  readonly blockList?: BlockList
  readonly rules?: readonly Rule[]
  readonly forwarding?: {
    readonly all?: ForwardingRule
    readonly notReachable?: ForwardingRule
    readonly busy?: ForwardingRule
    readonly noAnswer?: ForwardingRule
  }
  readonly doNotDisturb?: boolean
  readonly language?: Language
  readonly timeZone?: TimeZone
  readonly jobTitle?: string
  readonly department?: string
  readonly address?: Address
  readonly personalNumber?: E164
  readonly licence?: Id
  readonly profilePolicy?: Id
  readonly directoryScope?: 'company' | 'site' | 'none'
  readonly inDirectory?: boolean
  readonly externalCallerId?: {
    readonly name?: Name
    readonly number?: E164
  }
  readonly internalCallerId?: {
    readonly name: Name
  }
  readonly recording?: Recording
  readonly callingPlan?: string
  readonly callingCountry?: Country
  readonly outboundBlockList?: readonly string[]
  readonly voicemail?: Mailbox
  readonly musicOnHold?: Id
  readonly emergencyAddress?: {
    readonly use: 'site' | 'own' | 'none'
    readonly address?: Address
  }
  readonly faxNumber?: E164
  readonly pickupGroups?: readonly Name[]
  readonly hotDesk?: boolean
  readonly secureCalling?: boolean
  readonly federationId?: string
  readonly crm?: {
    readonly name: string
    readonly login: string
  }
}

export interface UserList {
  readonly items: readonly UserInList[]
  readonly next: string | null
}

export interface UserPatch {
  readonly id?: Id | null
  readonly userName?: string | null
  readonly firstName?: Name | null
  readonly lastName?: Name | null
  readonly email?: string | null
  readonly site?: Id | null
  readonly extension?: Extension | null
  readonly primaryNumber?: E164 | null
  readonly active?: boolean | null
  readonly callWaiting?: boolean | null
  readonly holdRecallSeconds?: number | null
  readonly longestCallMinutes?: number | null
  readonly lines?: number | null
  readonly ringSeconds?: number | null
  readonly blockCallerId?: boolean | null
  readonly internationalForwarding?: boolean | null
  readonly blockList?: Readonly<Record<string, unknown>> | null
  readonly rules?: readonly Rule[] | null
  readonly forwarding?: Readonly<Record<string, unknown>> | null
  readonly doNotDisturb?: boolean | null
  readonly language?: Language | null
  readonly timeZone?: TimeZone | null
  readonly jobTitle?: string | null
  readonly department?: string | null
  readonly address?: Readonly<Record<string, unknown>> | null
  readonly personalNumber?: E164 | null
  readonly licence?: Id | null
  readonly profilePolicy?: Id | null
  readonly directoryScope?: 'company' | 'site' | 'none' | null
  readonly inDirectory?: boolean | null
  readonly externalCallerId?: Readonly<Record<string, unknown>> | null
  readonly internalCallerId?: Readonly<Record<string, unknown>> | null
  readonly recording?: Readonly<Record<string, unknown>> | null
  readonly callingPlan?: string | null
  readonly callingCountry?: Country | null
  readonly outboundBlockList?: readonly string[] | null
  readonly voicemail?: Readonly<Record<string, unknown>> | null
  readonly voicemailPin?: string | null
  readonly musicOnHold?: Id | null
  readonly emergencyAddress?: Readonly<Record<string, unknown>> | null
  readonly faxNumber?: E164 | null
  readonly pickupGroups?: readonly Name[] | null
  readonly hotDesk?: boolean | null
  readonly secureCalling?: boolean | null
  readonly federationId?: string | null
  readonly crm?: Readonly<Record<string, unknown>> | null
}

export interface UserToWrite {
  readonly id?: Id
  readonly userName: string
  readonly firstName: Name
  readonly lastName: Name
  readonly email: string
  readonly site: Id
  readonly extension?: Extension
  readonly primaryNumber?: E164
  readonly active?: boolean
  readonly callWaiting?: boolean
  readonly holdRecallSeconds?: number
  readonly longestCallMinutes?: number
  readonly lines?: number
  readonly ringSeconds?: number
  readonly blockCallerId?: boolean
  readonly internationalForwarding?: boolean
  readonly blockList?: BlockList
  readonly rules?: readonly Rule[]
  readonly forwarding?: {
    readonly all?: ForwardingRule
    readonly notReachable?: ForwardingRule
    readonly busy?: ForwardingRule
    readonly noAnswer?: ForwardingRule
  }
  readonly doNotDisturb?: boolean
  readonly language?: Language
  readonly timeZone?: TimeZone
  readonly jobTitle?: string
  readonly department?: string
  readonly address?: Address
  readonly personalNumber?: E164
  readonly licence?: Id
  readonly profilePolicy?: Id
  readonly directoryScope?: 'company' | 'site' | 'none'
  readonly inDirectory?: boolean
  readonly externalCallerId?: {
    readonly name?: Name
    readonly number?: E164
  }
  readonly internalCallerId?: {
    readonly name: Name
  }
  readonly recording?: Recording
  readonly callingPlan?: string
  readonly callingCountry?: Country
  readonly outboundBlockList?: readonly string[]
  readonly voicemail?: Mailbox
  readonly voicemailPin?: string
  readonly musicOnHold?: Id
  readonly emergencyAddress?: {
    readonly use: 'site' | 'own' | 'none'
    readonly address?: Address
  }
  readonly faxNumber?: E164
  readonly pickupGroups?: readonly Name[]
  readonly hotDesk?: boolean
  readonly secureCalling?: boolean
  readonly federationId?: string
  readonly crm?: {
    readonly name: string
    readonly login: string
  }
}

export interface Webhook {
  readonly id: Id
  readonly name: Name
  readonly url: string
  readonly events?: readonly ('call-started' | 'call-answered' | 'call-ended' | 'toll-fraud-limit')[]
  readonly on?: boolean
}

export interface WebhookInList {
  readonly id?: Id
  readonly name?: Name
  readonly url?: string
  readonly events?: readonly ('call-started' | 'call-answered' | 'call-ended' | 'toll-fraud-limit')[]
  readonly on?: boolean
}

export interface WebhookList {
  readonly items: readonly WebhookInList[]
  readonly next: string | null
}

export interface WebhookPatch {
  readonly id?: Id | null
  readonly name?: Name | null
  readonly url?: string | null
  readonly secret?: string | null
  readonly events?: readonly ('call-started' | 'call-answered' | 'call-ended' | 'toll-fraud-limit')[] | null
  readonly on?: boolean | null
}

export interface WebhookState {
  readonly id: string
  readonly delivered: number
  readonly failed: number
  readonly lost: number
  readonly waiting: number
  readonly problem: string
}

export interface WebhookStateList {
  readonly items: readonly WebhookState[]
}

export interface WebhookToCreate {
  readonly id: Id
  readonly name: Name
  readonly url: string
  readonly secret: string
  readonly events?: readonly ('call-started' | 'call-answered' | 'call-ended' | 'toll-fraud-limit')[]
  readonly on?: boolean
}

export interface WebhookToReplace {
  readonly id: Id
  readonly name: Name
  readonly url: string
  readonly secret?: string
  readonly events?: readonly ('call-started' | 'call-answered' | 'call-ended' | 'toll-fraud-limit')[]
  readonly on?: boolean
}

export interface WeeklyHours {
  readonly monday?: Intervals
  readonly tuesday?: Intervals
  readonly wednesday?: Intervals
  readonly thursday?: Intervals
  readonly friday?: Intervals
  readonly saturday?: Intervals
  readonly sunday?: Intervals
}

export interface WhatIf {
  readonly revision: number
  readonly changesInAll: number
  readonly changes: readonly ({
    readonly kind: string
    readonly id: string
    readonly change: 'added' | 'changed' | 'deleted'
  })[]
  readonly warnings: readonly ({
    readonly path: string
    readonly value: string
    readonly message: string
    readonly cure: string
  })[]
  readonly comparison: {
    readonly calls: number
    readonly changed: number
    readonly skipped: readonly ({
      readonly because: string
      readonly calls: number
    })[]
    readonly groups: readonly ({
      readonly calls: number
      readonly before: CallPath
      readonly after: CallPath
      readonly listed: readonly ({
        readonly id: string
        readonly at: number
        readonly caller: string
        readonly dialled: string
      })[]
    })[]
    readonly unlistedGroups: number
  }
}

export interface WhatIfQuestion {
  readonly document?: string
  readonly prune?: boolean
  readonly entity?: {
    readonly kind: 'account' | 'listener' | 'pbx' | 'trunk' | 'schedule' | 'callingPlan' | 'profilePolicy' | 'audioFile' | 'site' | 'user' | 'ringGroup' | 'callQueue' | 'autoAttendant' | 'parkSlot' | 'pagingGroup' | 'conference' | 'device' | 'phoneNumber' | 'contact' | 'webhook'
    readonly id: string
    readonly patch: Readonly<Record<string, unknown>> | null
  }
  readonly last?: number
  readonly csv?: string
  readonly limit?: number
}

/** By operationId: parameters, what is sent and what is answered; null where there is nothing. */
export interface Operations {
  /** List the own tokens */
  readonly listTokens: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: TokenList
  }
  /** Sign in: exchange user name and password for a token */
  readonly signIn: {
    readonly path: null
    readonly query: null
    readonly body: Credentials
    readonly answer: NewToken
  }
  /** Sign out everywhere: end all own tokens */
  readonly signOutEverywhere: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: null
  }
  /** Sign out: end a token */
  readonly signOut: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: null
  }
  /** List the administrators */
  readonly listAdministrators: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: AdministratorList
  }
  /** Change the own password; all other tokens end */
  readonly changePassword: {
    readonly path: {
      readonly userName: string
    }
    readonly query: null
    readonly body: NewPassword
    readonly answer: null
  }
  /** Read the account */
  readonly readAccount: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: Account
  }
  /** Change the account: fields left out are taken away */
  readonly replaceAccount: {
    readonly path: null
    readonly query: null
    readonly body: AccountToWrite
    readonly answer: Account | NotYetInForce
  }
  /** Change some fields of the account */
  readonly changeAccount: {
    readonly path: null
    readonly query: null
    readonly body: AccountPatch
    readonly answer: Account | NotYetInForce
  }
  /** List: listener */
  readonly listListeners: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly bind?: string
      readonly port?: string
      readonly certificate?: string
      readonly key?: string
      readonly clientAuthorities?: string
      readonly advertiseSip?: string
      readonly advertiseMedia?: string
    }
    readonly body: null
    readonly answer: ListenerList
  }
  /** Create: listener */
  readonly createListener: {
    readonly path: null
    readonly query: null
    readonly body: ListenerToWrite
    readonly answer: Listener | NotYetInForce
  }
  /** Read: listener */
  readonly readListener: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Listener
  }
  /** Change: listener; fields left out are taken away, secrets left out stay */
  readonly replaceListener: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ListenerToWrite
    readonly answer: Listener | NotYetInForce
  }
  /** Change some fields: listener */
  readonly changeListener: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ListenerPatch
    readonly answer: Listener | NotYetInForce
  }
  /** Delete: listener */
  readonly deleteListener: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: PBX */
  readonly listPbxs: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly domain?: string
      readonly dialCode?: string
      readonly country?: string
      readonly outsidePrefix?: string
      readonly misdialIsError?: string
      readonly phoneRedirects?: string
      readonly language?: string
      readonly mainNumber?: string
      readonly callingPlan?: string
      readonly pickup?: string
      readonly musicOnHold?: string
      readonly recordingPolicy?: string
      readonly simultaneousCalls?: string
      readonly longestCallMinutes?: string
      readonly unsolicitedMessageWaiting?: string
    }
    readonly body: null
    readonly answer: PbxList
  }
  /** Create: PBX */
  readonly createPbx: {
    readonly path: null
    readonly query: null
    readonly body: PbxToWrite
    readonly answer: Pbx | NotYetInForce
  }
  /** Read: PBX */
  readonly readPbx: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Pbx
  }
  /** Change: PBX; fields left out are taken away, secrets left out stay */
  readonly replacePbx: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: PbxToWrite
    readonly answer: Pbx | NotYetInForce
  }
  /** Change some fields: PBX */
  readonly changePbx: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: PbxPatch
    readonly answer: Pbx | NotYetInForce
  }
  /** Delete: PBX */
  readonly deletePbx: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: trunk */
  readonly listTrunks: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly transport?: string
      readonly address?: string
      readonly port?: string
      readonly channels?: string
      readonly singleDialog?: string
      readonly transfers?: string
      readonly priority?: string
      readonly numberFormat?: string
      readonly callerNumberFormat?: string
      readonly country?: string
      readonly emergency?: string
      readonly forwardedCallerId?: string
      readonly authUserName?: string
      readonly domain?: string
      readonly weight?: string
      readonly optionsSeconds?: string
      readonly diversionHeader?: string
      readonly dialledNumberIn?: string
      readonly dtmf?: string
      readonly longestCallMinutes?: string
    }
    readonly body: null
    readonly answer: TrunkList
  }
  /** Create: trunk */
  readonly createTrunk: {
    readonly path: null
    readonly query: null
    readonly body: TrunkToWrite
    readonly answer: Trunk | NotYetInForce
  }
  /** Read: trunk */
  readonly readTrunk: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Trunk
  }
  /** Change: trunk; fields left out are taken away, secrets left out stay */
  readonly replaceTrunk: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: TrunkToWrite
    readonly answer: Trunk | NotYetInForce
  }
  /** Change some fields: trunk */
  readonly changeTrunk: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: TrunkPatch
    readonly answer: Trunk | NotYetInForce
  }
  /** Delete: trunk */
  readonly deleteTrunk: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: schedule */
  readonly listSchedules: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly timeZone?: string
    }
    readonly body: null
    readonly answer: ScheduleList
  }
  /** Create: schedule */
  readonly createSchedule: {
    readonly path: null
    readonly query: null
    readonly body: ScheduleToWrite
    readonly answer: Schedule | NotYetInForce
  }
  /** Read: schedule */
  readonly readSchedule: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Schedule
  }
  /** Change: schedule; fields left out are taken away, secrets left out stay */
  readonly replaceSchedule: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ScheduleToWrite
    readonly answer: Schedule | NotYetInForce
  }
  /** Change some fields: schedule */
  readonly changeSchedule: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: SchedulePatch
    readonly answer: Schedule | NotYetInForce
  }
  /** Delete: schedule */
  readonly deleteSchedule: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: calling plan */
  readonly listCallingPlans: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly note?: string
    }
    readonly body: null
    readonly answer: CallingPlanList
  }
  /** Create: calling plan */
  readonly createCallingPlan: {
    readonly path: null
    readonly query: null
    readonly body: CallingPlanToWrite
    readonly answer: CallingPlan | NotYetInForce
  }
  /** Read: calling plan */
  readonly readCallingPlan: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: CallingPlan
  }
  /** Change: calling plan; fields left out are taken away, secrets left out stay */
  readonly replaceCallingPlan: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: CallingPlanToWrite
    readonly answer: CallingPlan | NotYetInForce
  }
  /** Change some fields: calling plan */
  readonly changeCallingPlan: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: CallingPlanPatch
    readonly answer: CallingPlan | NotYetInForce
  }
  /** Delete: calling plan */
  readonly deleteCallingPlan: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: profile policy */
  readonly listProfilePolicies: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly note?: string
    }
    readonly body: null
    readonly answer: ProfilePolicyList
  }
  /** Create: profile policy */
  readonly createProfilePolicy: {
    readonly path: null
    readonly query: null
    readonly body: ProfilePolicyToWrite
    readonly answer: ProfilePolicy | NotYetInForce
  }
  /** Read: profile policy */
  readonly readProfilePolicy: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: ProfilePolicy
  }
  /** Change: profile policy; fields left out are taken away, secrets left out stay */
  readonly replaceProfilePolicy: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ProfilePolicyToWrite
    readonly answer: ProfilePolicy | NotYetInForce
  }
  /** Change some fields: profile policy */
  readonly changeProfilePolicy: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ProfilePolicyPatch
    readonly answer: ProfilePolicy | NotYetInForce
  }
  /** Delete: profile policy */
  readonly deleteProfilePolicy: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: audio file */
  readonly listAudioFiles: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly note?: string
      readonly format?: string
      readonly file?: string
      readonly sha256?: string
      readonly language?: string
    }
    readonly body: null
    readonly answer: AudioFileList
  }
  /** Create: audio file */
  readonly createAudioFile: {
    readonly path: null
    readonly query: null
    readonly body: AudioFileToWrite
    readonly answer: AudioFile | NotYetInForce
  }
  /** Read: audio file */
  readonly readAudioFile: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: AudioFile
  }
  /** Change: audio file; fields left out are taken away, secrets left out stay */
  readonly replaceAudioFile: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: AudioFileToWrite
    readonly answer: AudioFile | NotYetInForce
  }
  /** Change some fields: audio file */
  readonly changeAudioFile: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: AudioFilePatch
    readonly answer: AudioFile | NotYetInForce
  }
  /** Delete: audio file */
  readonly deleteAudioFile: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: site */
  readonly listSites: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly pbx?: string
      readonly timeZone?: string
      readonly country?: string
      readonly areaCode?: string
      readonly mainNumber?: string
      readonly mainNumberForAll?: string
      readonly language?: string
      readonly callingPlan?: string
      readonly musicOnHold?: string
    }
    readonly body: null
    readonly answer: SiteList
  }
  /** Create: site */
  readonly createSite: {
    readonly path: null
    readonly query: null
    readonly body: SiteToWrite
    readonly answer: Site | NotYetInForce
  }
  /** Read: site */
  readonly readSite: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Site
  }
  /** Change: site; fields left out are taken away, secrets left out stay */
  readonly replaceSite: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: SiteToWrite
    readonly answer: Site | NotYetInForce
  }
  /** Change some fields: site */
  readonly changeSite: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: SitePatch
    readonly answer: Site | NotYetInForce
  }
  /** Delete: site */
  readonly deleteSite: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: user */
  readonly listUsers: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly userName?: string
      readonly firstName?: string
      readonly lastName?: string
      readonly email?: string
      readonly site?: string
      readonly extension?: string
      readonly primaryNumber?: string
      readonly active?: string
      readonly callWaiting?: string
      readonly holdRecallSeconds?: string
      readonly longestCallMinutes?: string
      readonly lines?: string
      readonly ringSeconds?: string
      readonly blockCallerId?: string
      readonly internationalForwarding?: string
      readonly doNotDisturb?: string
      readonly language?: string
      readonly timeZone?: string
      readonly jobTitle?: string
      readonly department?: string
      readonly personalNumber?: string
      readonly licence?: string
      readonly profilePolicy?: string
      readonly directoryScope?: string
      readonly inDirectory?: string
      readonly callingPlan?: string
      readonly callingCountry?: string
      readonly musicOnHold?: string
      readonly faxNumber?: string
      readonly hotDesk?: string
      readonly secureCalling?: string
      readonly federationId?: string
    }
    readonly body: null
    readonly answer: UserList
  }
  /** Create: user */
  readonly createUser: {
    readonly path: null
    readonly query: null
    readonly body: UserToWrite
    readonly answer: User | NotYetInForce
  }
  /** Read: user */
  readonly readUser: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: User
  }
  /** Change: user; fields left out are taken away, secrets left out stay */
  readonly replaceUser: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: UserToWrite
    readonly answer: User | NotYetInForce
  }
  /** Change some fields: user */
  readonly changeUser: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: UserPatch
    readonly answer: User | NotYetInForce
  }
  /** Delete: user */
  readonly deleteUser: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: ring group */
  readonly listRingGroups: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly site?: string
      readonly extension?: string
      readonly language?: string
      readonly callingPlan?: string
      readonly internationalForwarding?: string
      readonly musicOnHold?: string
      readonly pattern?: string
      readonly ringSeconds?: string
      readonly callerNamePrefix?: string
      readonly skipBusyMembers?: string
      readonly membersMayOptOut?: string
    }
    readonly body: null
    readonly answer: RingGroupList
  }
  /** Create: ring group */
  readonly createRingGroup: {
    readonly path: null
    readonly query: null
    readonly body: RingGroupToWrite
    readonly answer: RingGroup | NotYetInForce
  }
  /** Read: ring group */
  readonly readRingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: RingGroup
  }
  /** Change: ring group; fields left out are taken away, secrets left out stay */
  readonly replaceRingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: RingGroupToWrite
    readonly answer: RingGroup | NotYetInForce
  }
  /** Change some fields: ring group */
  readonly changeRingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: RingGroupPatch
    readonly answer: RingGroup | NotYetInForce
  }
  /** Delete: ring group */
  readonly deleteRingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: call queue */
  readonly listCallQueues: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly site?: string
      readonly extension?: string
      readonly language?: string
      readonly callingPlan?: string
      readonly internationalForwarding?: string
      readonly musicOnHold?: string
      readonly pattern?: string
      readonly ringSeconds?: string
      readonly callerNamePrefix?: string
      readonly wrapUpSeconds?: string
      readonly maximumCallers?: string
      readonly maximumWaitSeconds?: string
      readonly serviceLevelSeconds?: string
      readonly schedule?: string
      readonly greeting?: string
      readonly announcePosition?: string
      readonly announceWait?: string
      readonly callBackOffer?: string
    }
    readonly body: null
    readonly answer: CallQueueList
  }
  /** Create: call queue */
  readonly createCallQueue: {
    readonly path: null
    readonly query: null
    readonly body: CallQueueToWrite
    readonly answer: CallQueue | NotYetInForce
  }
  /** Read: call queue */
  readonly readCallQueue: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: CallQueue
  }
  /** Change: call queue; fields left out are taken away, secrets left out stay */
  readonly replaceCallQueue: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: CallQueueToWrite
    readonly answer: CallQueue | NotYetInForce
  }
  /** Change some fields: call queue */
  readonly changeCallQueue: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: CallQueuePatch
    readonly answer: CallQueue | NotYetInForce
  }
  /** Delete: call queue */
  readonly deleteCallQueue: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: auto attendant */
  readonly listAutoAttendants: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly site?: string
      readonly extension?: string
      readonly language?: string
      readonly callingPlan?: string
      readonly internationalForwarding?: string
      readonly musicOnHold?: string
      readonly schedule?: string
      readonly mode?: string
      readonly open?: string
      readonly closed?: string
      readonly holiday?: string
      readonly alternate?: string
      readonly extensionDialling?: string
    }
    readonly body: null
    readonly answer: AutoAttendantList
  }
  /** Create: auto attendant */
  readonly createAutoAttendant: {
    readonly path: null
    readonly query: null
    readonly body: AutoAttendantToWrite
    readonly answer: AutoAttendant | NotYetInForce
  }
  /** Read: auto attendant */
  readonly readAutoAttendant: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: AutoAttendant
  }
  /** Change: auto attendant; fields left out are taken away, secrets left out stay */
  readonly replaceAutoAttendant: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: AutoAttendantToWrite
    readonly answer: AutoAttendant | NotYetInForce
  }
  /** Change some fields: auto attendant */
  readonly changeAutoAttendant: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: AutoAttendantPatch
    readonly answer: AutoAttendant | NotYetInForce
  }
  /** Delete: auto attendant */
  readonly deleteAutoAttendant: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: park slot */
  readonly listParkSlots: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly site?: string
      readonly extension?: string
      readonly language?: string
      readonly ringBackSeconds?: string
      readonly musicOnHold?: string
    }
    readonly body: null
    readonly answer: ParkSlotList
  }
  /** Create: park slot */
  readonly createParkSlot: {
    readonly path: null
    readonly query: null
    readonly body: ParkSlotToWrite
    readonly answer: ParkSlot | NotYetInForce
  }
  /** Read: park slot */
  readonly readParkSlot: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: ParkSlot
  }
  /** Change: park slot; fields left out are taken away, secrets left out stay */
  readonly replaceParkSlot: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ParkSlotToWrite
    readonly answer: ParkSlot | NotYetInForce
  }
  /** Change some fields: park slot */
  readonly changeParkSlot: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ParkSlotPatch
    readonly answer: ParkSlot | NotYetInForce
  }
  /** Delete: park slot */
  readonly deleteParkSlot: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: paging group */
  readonly listPagingGroups: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly site?: string
      readonly extension?: string
      readonly language?: string
      readonly overCalls?: string
    }
    readonly body: null
    readonly answer: PagingGroupList
  }
  /** Create: paging group */
  readonly createPagingGroup: {
    readonly path: null
    readonly query: null
    readonly body: PagingGroupToWrite
    readonly answer: PagingGroup | NotYetInForce
  }
  /** Read: paging group */
  readonly readPagingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: PagingGroup
  }
  /** Change: paging group; fields left out are taken away, secrets left out stay */
  readonly replacePagingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: PagingGroupToWrite
    readonly answer: PagingGroup | NotYetInForce
  }
  /** Change some fields: paging group */
  readonly changePagingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: PagingGroupPatch
    readonly answer: PagingGroup | NotYetInForce
  }
  /** Delete: paging group */
  readonly deletePagingGroup: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: conference */
  readonly listConferences: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly site?: string
      readonly extension?: string
      readonly language?: string
      readonly moderator?: string
      readonly waitForModerator?: string
      readonly muteOnEntry?: string
      readonly maximumParticipants?: string
      readonly recorded?: string
      readonly musicOnHold?: string
    }
    readonly body: null
    readonly answer: ConferenceList
  }
  /** Create: conference */
  readonly createConference: {
    readonly path: null
    readonly query: null
    readonly body: ConferenceToWrite
    readonly answer: Conference | NotYetInForce
  }
  /** Read: conference */
  readonly readConference: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Conference
  }
  /** Change: conference; fields left out are taken away, secrets left out stay */
  readonly replaceConference: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ConferenceToWrite
    readonly answer: Conference | NotYetInForce
  }
  /** Change some fields: conference */
  readonly changeConference: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ConferencePatch
    readonly answer: Conference | NotYetInForce
  }
  /** Delete: conference */
  readonly deleteConference: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: device */
  readonly listDevices: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly user?: string
      readonly sipUserName?: string
      readonly model?: string
      readonly mac?: string
      readonly activationCode?: string
      readonly state?: string
      readonly secureCalling?: string
    }
    readonly body: null
    readonly answer: DeviceList
  }
  /** Create: device */
  readonly createDevice: {
    readonly path: null
    readonly query: null
    readonly body: DeviceToCreate
    readonly answer: Device | NotYetInForce
  }
  /** Read: device */
  readonly readDevice: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Device
  }
  /** Change: device; fields left out are taken away, secrets left out stay */
  readonly replaceDevice: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: DeviceToReplace
    readonly answer: Device | NotYetInForce
  }
  /** Change some fields: device */
  readonly changeDevice: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: DevicePatch
    readonly answer: Device | NotYetInForce
  }
  /** Delete: device */
  readonly deleteDevice: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: phone number */
  readonly listPhoneNumbers: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly number?: string
      readonly user?: string
      readonly ringGroup?: string
      readonly callQueue?: string
      readonly autoAttendant?: string
      readonly pagingGroup?: string
      readonly conference?: string
      readonly source?: string
      readonly status?: string
      readonly expectedDate?: string
      readonly reason?: string
      readonly temporaryNumber?: string
    }
    readonly body: null
    readonly answer: PhoneNumberList
  }
  /** Create: phone number */
  readonly createPhoneNumber: {
    readonly path: null
    readonly query: null
    readonly body: PhoneNumberToWrite
    readonly answer: PhoneNumber | NotYetInForce
  }
  /** Read: phone number */
  readonly readPhoneNumber: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: PhoneNumber
  }
  /** Change: phone number; fields left out are taken away, secrets left out stay */
  readonly replacePhoneNumber: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: PhoneNumberToWrite
    readonly answer: PhoneNumber | NotYetInForce
  }
  /** Change some fields: phone number */
  readonly changePhoneNumber: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: PhoneNumberPatch
    readonly answer: PhoneNumber | NotYetInForce
  }
  /** Delete: phone number */
  readonly deletePhoneNumber: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: contact */
  readonly listContacts: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly firstName?: string
      readonly lastName?: string
      readonly email?: string
      readonly nickname?: string
      readonly jobTitle?: string
      readonly department?: string
      readonly location?: string
      readonly customField1?: string
      readonly customField2?: string
      readonly customField3?: string
    }
    readonly body: null
    readonly answer: ContactList
  }
  /** Create: contact */
  readonly createContact: {
    readonly path: null
    readonly query: null
    readonly body: ContactToWrite
    readonly answer: Contact | NotYetInForce
  }
  /** Read: contact */
  readonly readContact: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Contact
  }
  /** Change: contact; fields left out are taken away, secrets left out stay */
  readonly replaceContact: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ContactToWrite
    readonly answer: Contact | NotYetInForce
  }
  /** Change some fields: contact */
  readonly changeContact: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: ContactPatch
    readonly answer: Contact | NotYetInForce
  }
  /** Delete: contact */
  readonly deleteContact: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List: webhook */
  readonly listWebhooks: {
    readonly path: null
    readonly query: {
      readonly q?: string
      readonly sort?: string
      readonly fields?: string
      readonly limit?: number
      readonly cursor?: string
      readonly id?: string
      readonly name?: string
      readonly url?: string
      readonly on?: string
    }
    readonly body: null
    readonly answer: WebhookList
  }
  /** Create: webhook */
  readonly createWebhook: {
    readonly path: null
    readonly query: null
    readonly body: WebhookToCreate
    readonly answer: Webhook | NotYetInForce
  }
  /** Read: webhook */
  readonly readWebhook: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Webhook
  }
  /** Change: webhook; fields left out are taken away, secrets left out stay */
  readonly replaceWebhook: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: WebhookToReplace
    readonly answer: Webhook | NotYetInForce
  }
  /** Change some fields: webhook */
  readonly changeWebhook: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: WebhookPatch
    readonly answer: Webhook | NotYetInForce
  }
  /** Delete: webhook */
  readonly deleteWebhook: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly references?: 'clear'
    }
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List the rules of a user in their order */
  readonly listRules: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: RuleList
  }
  /** Give a user one more rule */
  readonly createRule: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly position?: number
    }
    readonly body: Rule
    readonly answer: Rule | NotYetInForce
  }
  /** Change the order of the rules of a user */
  readonly orderRules: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: RuleOrder
    readonly answer: RuleList | NotYetInForce
  }
  /** Read a rule */
  readonly readRule: {
    readonly path: {
      readonly id: string
      readonly rule: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Rule
  }
  /** Change a rule, its name too if wanted */
  readonly replaceRule: {
    readonly path: {
      readonly id: string
      readonly rule: string
    }
    readonly query: null
    readonly body: Rule
    readonly answer: Rule | NotYetInForce
  }
  /** Change some fields of a rule */
  readonly changeRule: {
    readonly path: {
      readonly id: string
      readonly rule: string
    }
    readonly query: null
    readonly body: RulePatch
    readonly answer: Rule | NotYetInForce
  }
  /** Take a rule away */
  readonly deleteRule: {
    readonly path: {
      readonly id: string
      readonly rule: string
    }
    readonly query: null
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** Read: forwarding of a user */
  readonly readUserForwarding: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Forwarding
  }
  /** Replace: forwarding of a user */
  readonly replaceUserForwarding: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: Forwarding
    readonly answer: Forwarding | NotYetInForce
  }
  /** Change some fields: forwarding of a user */
  readonly changeUserForwarding: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: UserForwardingPatch
    readonly answer: Forwarding | NotYetInForce
  }
  /** Take away: forwarding of a user */
  readonly deleteUserForwarding: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** Read: block list of a user */
  readonly readUserBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: BlockList
  }
  /** Replace: block list of a user */
  readonly replaceUserBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: BlockList
    readonly answer: BlockList | NotYetInForce
  }
  /** Change some fields: block list of a user */
  readonly changeUserBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: UserBlockListPatch
    readonly answer: BlockList | NotYetInForce
  }
  /** Take away: block list of a user */
  readonly deleteUserBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** Read: block list of a PBX */
  readonly readPbxBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: BlockList
  }
  /** Replace: block list of a PBX */
  readonly replacePbxBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: BlockList
    readonly answer: BlockList | NotYetInForce
  }
  /** Change some fields: block list of a PBX */
  readonly changePbxBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: PbxBlockListPatch
    readonly answer: BlockList | NotYetInForce
  }
  /** Take away: block list of a PBX */
  readonly deletePbxBlockList: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** Read: block list of the account */
  readonly readAccountBlockList: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: BlockList
  }
  /** Replace: block list of the account */
  readonly replaceAccountBlockList: {
    readonly path: null
    readonly query: null
    readonly body: BlockList
    readonly answer: BlockList | NotYetInForce
  }
  /** Change some fields: block list of the account */
  readonly changeAccountBlockList: {
    readonly path: null
    readonly query: null
    readonly body: AccountBlockListPatch
    readonly answer: BlockList | NotYetInForce
  }
  /** Take away: block list of the account */
  readonly deleteAccountBlockList: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: NotYetInForce | null
  }
  /** List extensions and who has them, in their order */
  readonly listExtensions: {
    readonly path: null
    readonly query: {
      readonly pbx?: string
      readonly site?: string
      readonly kind?: 'user' | 'ringGroup' | 'callQueue' | 'autoAttendant' | 'parkSlot' | 'pagingGroup' | 'conference'
      readonly q?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: ExtensionList
  }
  /** Suggest the lowest free extension of a PBX */
  readonly suggestExtension: {
    readonly path: null
    readonly query: {
      readonly pbx: string
      readonly from?: Extension
    }
    readonly body: null
    readonly answer: FreeExtension
  }
  /** Let two users or services exchange their phone numbers, in one step */
  readonly exchangePhoneNumbers: {
    readonly path: null
    readonly query: null
    readonly body: {
      readonly one: NumberHolder
      readonly other: NumberHolder
    }
    readonly answer: ExchangedNumbers | NotYetInForce
  }
  /** Export the whole configuration as a document, without secrets */
  readonly exportDocument: {
    readonly path: null
    readonly query: {
      readonly format?: 'yaml' | 'json'
    }
    readonly body: null
    readonly answer: Document | string
  }
  /** Make the configuration what a document says, whole or not at all */
  readonly applyDocument: {
    readonly path: null
    readonly query: {
      readonly dryRun?: boolean
      readonly prune?: boolean
    }
    readonly body: string
    readonly answer: Applied
  }
  /** List revisions, newest first */
  readonly listRevisions: {
    readonly path: null
    readonly query: {
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: RevisionList
  }
  /** Read a revision and what it changed */
  readonly readRevision: {
    readonly path: {
      readonly revision: number
    }
    readonly query: null
    readonly body: null
    readonly answer: RevisionWithChanges
  }
  /** Compare two revisions: what leads from one to the other */
  readonly compareRevisions: {
    readonly path: {
      readonly revision: number
    }
    readonly query: {
      readonly to: number
    }
    readonly body: null
    readonly answer: Difference
  }
  /** Make the configuration as it was at a revision; that is a new revision */
  readonly restoreRevision: {
    readonly path: {
      readonly revision: number
    }
    readonly query: {
      readonly dryRun?: boolean
    }
    readonly body: Restoring
    readonly answer: Restored
  }
  /** List audit events, newest first */
  readonly listAuditEvents: {
    readonly path: null
    readonly query: {
      readonly actor?: string
      readonly action?: string
      readonly source?: string
      readonly kind?: 'account' | 'listener' | 'pbx' | 'trunk' | 'schedule' | 'callingPlan' | 'profilePolicy' | 'audioFile' | 'site' | 'user' | 'ringGroup' | 'callQueue' | 'autoAttendant' | 'parkSlot' | 'pagingGroup' | 'conference' | 'device' | 'phoneNumber' | 'contact' | 'webhook'
      readonly id?: string
      readonly since?: string
      readonly until?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: AuditEventList
  }
  /** Contacts of phones that are registered now, in the order in which they came */
  readonly listRegistrations: {
    readonly path: null
    readonly query: {
      readonly user?: string
      readonly device?: string
      readonly extension?: string
      readonly sipUserName?: string
      readonly source?: string
      readonly transport?: string
      readonly q?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: RegistrationList
  }
  /** Calls in progress, in the order in which they began */
  readonly listCalls: {
    readonly path: null
    readonly query: {
      readonly user?: string
      readonly trunk?: string
      readonly state?: 'ringing' | 'answered'
      readonly dialled?: string
      readonly q?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: CallList
  }
  /** Ring a user’s phones, and call somebody for him when he answers */
  readonly dial: {
    readonly path: null
    readonly query: null
    readonly body: {
      readonly user: string
      readonly to: string
    }
    readonly answer: CallOrderDone
  }
  /** Start, pause, resume or stop the recording of an answered call, whatever the modes of its parties */
  readonly recordCall: {
    readonly path: {
      readonly id: TimeZone
    }
    readonly query: null
    readonly body: RecordingOrder
    readonly answer: null
  }
  /** What phones watch: lamps, presence and waiting messages, in the order in which they began */
  readonly listSubscriptions: {
    readonly path: null
    readonly query: {
      readonly user?: string
      readonly device?: string
      readonly extension?: string
      readonly sipUserName?: string
      readonly event?: string
      readonly watched?: string
      readonly source?: string
      readonly transport?: string
      readonly q?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: SubscriptionList
  }
  /** All trunks as they are now: whether they answer, whether they are registered, and their calls */
  readonly listTrunkStates: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: TrunkStateList
  }
  /** What users, ring groups and the account have used of the limits against toll fraud today */
  readonly listTollUse: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: TollUseList
  }
  /** Calls that wait in park slots */
  readonly listParkedCalls: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: ParkedCallList
  }
  /** Calls and registrations as they come and go, as server-sent events */
  readonly followEvents: {
    readonly path: null
    readonly query: {
      readonly events?: string
    }
    readonly body: null
    readonly answer: string
  }
  /** End a call on all sides */
  readonly hangUp: {
    readonly path: {
      readonly id: TimeZone
    }
    readonly query: null
    readonly body: null
    readonly answer: CallOrderDone
  }
  /** Put the other side of a user’s call on hold */
  readonly holdCall: {
    readonly path: {
      readonly id: TimeZone
    }
    readonly query: null
    readonly body: {
      readonly user: string
    }
    readonly answer: CallOrderDone
  }
  /** Let a user speak again with whom he has on hold */
  readonly resumeCall: {
    readonly path: {
      readonly id: TimeZone
    }
    readonly query: null
    readonly body: {
      readonly user: string
    }
    readonly answer: CallOrderDone
  }
  /** Hand the other side of a user’s call on to somebody else */
  readonly transferCall: {
    readonly path: {
      readonly id: TimeZone
    }
    readonly query: null
    readonly body: {
      readonly user: string
      readonly to: string
    }
    readonly answer: CallOrderDone
  }
  /** Let the other side of a user’s call wait in a park slot */
  readonly parkCall: {
    readonly path: {
      readonly id: TimeZone
    }
    readonly query: null
    readonly body: {
      readonly user: string
      readonly slot?: Extension
    }
    readonly answer: CallOrderDone
  }
  /** Ring a user’s phones, and give him who waits in a park slot when he answers */
  readonly fetchParkedCall: {
    readonly path: null
    readonly query: null
    readonly body: {
      readonly user: string
      readonly slot: Extension
    }
    readonly answer: CallOrderDone
  }
  /** End all calls of a user */
  readonly endCallsOfUser: {
    readonly path: null
    readonly query: null
    readonly body: {
      readonly user: string
    }
    readonly answer: CallOrderDone
  }
  /** The SIP messages of a recent call, of both its sides */
  readonly listCallMessages: {
    readonly path: {
      readonly id: TimeZone
    }
    readonly query: null
    readonly body: null
    readonly answer: CallMessageList
  }
  /** The programs that are told of calls: what they took since the start, what waits, and what is wrong */
  readonly listWebhookStates: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: WebhookStateList
  }
  /** Where a call would go, and why */
  readonly explainCall: {
    readonly path: null
    readonly query: {
      readonly call?: string
      readonly caller?: string
      readonly dialled?: string
      readonly at?: string
      readonly format?: 'json' | 'text'
    }
    readonly body: null
    readonly answer: Explanation
  }
  /** What a change would do to calls of the past; nothing is saved */
  readonly whatIf: {
    readonly path: null
    readonly query: null
    readonly body: WhatIfQuestion
    readonly answer: WhatIf
  }
  /** What the configuration allows and probably nobody wants */
  readonly lintConfiguration: {
    readonly path: null
    readonly query: {
      readonly kind?: string
    }
    readonly body: null
    readonly answer: LintFindings
  }
  /** Whether the admin process is alive */
  readonly readHealth: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: Alive
  }
  /** Whether calls are served, by the newest configuration */
  readonly readReadiness: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: Readiness
  }
  /** Metrics in Prometheus' text format */
  readonly readMetrics: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: string
  }
  /** List records of calls, newest first */
  readonly listRecords: {
    readonly path: null
    readonly query: {
      readonly since?: string
      readonly until?: string
      readonly user?: string
      readonly trunk?: string
      readonly outcome?: 'answered' | 'cancelled' | 'busy' | 'noAnswer' | 'notReachable' | 'refused' | 'failed' | 'lost'
      readonly parent?: string
      readonly q?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: CallRecordList
  }
  /** All records of calls that fit, as CSV, newest first */
  readonly exportRecords: {
    readonly path: null
    readonly query: {
      readonly since?: string
      readonly until?: string
      readonly user?: string
      readonly trunk?: string
      readonly outcome?: 'answered' | 'cancelled' | 'busy' | 'noAnswer' | 'notReachable' | 'refused' | 'failed' | 'lost'
      readonly parent?: string
      readonly q?: string
    }
    readonly body: null
    readonly answer: string
  }
  /** Read the record of one call */
  readonly readRecord: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: CallRecord
  }
  /** List messages between users, newest first, those that still wait among them */
  readonly listMessages: {
    readonly path: null
    readonly query: {
      readonly since?: string
      readonly until?: string
      readonly user?: string
      readonly state?: 'waiting' | 'delivered' | 'expired' | 'discarded'
      readonly q?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: MessageList
  }
  /** List recordings, newest first */
  readonly listRecordings: {
    readonly path: null
    readonly query: {
      readonly since?: string
      readonly until?: string
      readonly user?: string
      readonly extension?: string
      readonly direction?: 'incoming' | 'outgoing' | 'internal'
      readonly pbx?: string
      readonly site?: string
      readonly number?: string
      readonly q?: string
      readonly call?: string
      readonly state?: 'available' | 'archived' | 'retrieved'
      readonly sort?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: RecordingList
  }
  /** Read what is known of a recording */
  readonly readRecording: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: RecordedCall
  }
  /** Delete a recording */
  readonly deleteRecording: {
    readonly path: {
      readonly id: string
    }
    readonly query: {
      readonly confirm?: string
    }
    readonly body: null
    readonly answer: null
  }
  /** Play a recording, whole or a range of its bytes */
  readonly playRecording: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: string
  }
  /** Download a recording */
  readonly downloadRecording: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: string
  }
  /** Download many recordings as one ZIP file, with their descriptions */
  readonly downloadRecordings: {
    readonly path: null
    readonly query: null
    readonly body: {
      readonly ids?: readonly string[]
      readonly filter?: {
        readonly since?: string
        readonly until?: string
        readonly user?: string
        readonly extension?: string
        readonly direction?: 'incoming' | 'outgoing' | 'internal'
        readonly pbx?: string
        readonly site?: string
        readonly number?: string
        readonly q?: string
        readonly call?: string
        readonly state?: 'available' | 'archived' | 'retrieved'
      }
      readonly all?: boolean
    }
    readonly answer: string
  }
  /** How much recordings take, of the account and of each user */
  readonly readRecordingUsage: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: RecordingUsage
  }
  /** Delete many recordings, as a task that can be stopped */
  readonly deleteRecordings: {
    readonly path: null
    readonly query: null
    readonly body: {
      readonly ids?: readonly string[]
      readonly filter?: {
        readonly since?: string
        readonly until?: string
        readonly user?: string
        readonly extension?: string
        readonly direction?: 'incoming' | 'outgoing' | 'internal'
        readonly pbx?: string
        readonly site?: string
        readonly number?: string
        readonly q?: string
        readonly call?: string
        readonly state?: 'available' | 'archived' | 'retrieved'
      }
      readonly all?: boolean
      readonly confirm?: string
    }
    readonly answer: RecordingTask
  }
  /** Bring recordings back from the archive for seven days, at most 2 GB at once */
  readonly retrieveRecordings: {
    readonly path: null
    readonly query: null
    readonly body: {
      readonly ids?: readonly string[]
      readonly filter?: {
        readonly since?: string
        readonly until?: string
        readonly user?: string
        readonly extension?: string
        readonly direction?: 'incoming' | 'outgoing' | 'internal'
        readonly pbx?: string
        readonly site?: string
        readonly number?: string
        readonly q?: string
        readonly call?: string
        readonly state?: 'available' | 'archived' | 'retrieved'
      }
      readonly all?: boolean
    }
    readonly answer: RecordingTask
  }
  /** Put a recording on hold: neither people nor policies delete it */
  readonly holdRecording: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: {
      readonly reason: string
    }
    readonly answer: RecordedCall
  }
  /** Lift the hold of a recording */
  readonly releaseRecording: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: RecordedCall
  }
  /** List tasks about recordings since the start of the server, newest first */
  readonly listRecordingTasks: {
    readonly path: null
    readonly query: null
    readonly body: null
    readonly answer: RecordingTaskList
  }
  /** See how far a task is */
  readonly readRecordingTask: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: RecordingTask
  }
  /** Stop a task: what was not done yet is not done */
  readonly stopRecordingTask: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: RecordingTask
  }
  /** Names of the regions where recordings are stored */
  readonly listStorageRegions: {
    readonly path: {
      readonly region: string
    }
    readonly query: null
    readonly body: null
    readonly answer: readonly string[]
  }
  /** List recordings */
  readonly listStorageObjects: {
    readonly path: {
      readonly region: string
    }
    readonly query: {
      readonly since?: string
      readonly until?: string
      readonly user?: string
      readonly extension?: string
      readonly direction?: 'incoming' | 'outgoing' | 'internal'
      readonly pbx?: string
      readonly site?: string
      readonly number?: string
      readonly q?: string
      readonly call?: string
      readonly state?: 'available' | 'archived' | 'retrieved'
      readonly sort?: string
      readonly limit?: number
      readonly cursor?: string
    }
    readonly body: null
    readonly answer: StorageObjectList
  }
  /** What is known of a recording */
  readonly readStorageObject: {
    readonly path: {
      readonly region: string
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: RecordedCall
  }
  /** Download a recording, whole or a range of its bytes */
  readonly downloadStorageObject: {
    readonly path: {
      readonly region: string
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: string
  }
  /** Download many recordings as one ZIP file */
  readonly downloadStorageObjects: {
    readonly path: {
      readonly region: string
    }
    readonly query: null
    readonly body: {
      readonly ids?: readonly string[]
      readonly filter?: {
        readonly since?: string
        readonly until?: string
        readonly user?: string
        readonly extension?: string
        readonly direction?: 'incoming' | 'outgoing' | 'internal'
        readonly pbx?: string
        readonly site?: string
        readonly number?: string
        readonly q?: string
        readonly call?: string
        readonly state?: 'available' | 'archived' | 'retrieved'
      }
      readonly all?: boolean
    }
    readonly answer: string
  }
  /** Delete many recordings, as a task */
  readonly deleteStorageObjects: {
    readonly path: {
      readonly region: string
    }
    readonly query: null
    readonly body: {
      readonly ids?: readonly string[]
      readonly filter?: {
        readonly since?: string
        readonly until?: string
        readonly user?: string
        readonly extension?: string
        readonly direction?: 'incoming' | 'outgoing' | 'internal'
        readonly pbx?: string
        readonly site?: string
        readonly number?: string
        readonly q?: string
        readonly call?: string
        readonly state?: 'available' | 'archived' | 'retrieved'
      }
      readonly all?: boolean
      readonly confirm?: string
    }
    readonly answer: RecordingTask
  }
  /** The sound of an audio file, as callers hear it, whole or a range of its bytes */
  readonly hearAudioFile: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: string
  }
  /** Upload the sound of an audio file: WAV, AU, MP3 or Ogg */
  readonly uploadAudioFile: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: unknown
    readonly answer: {
      readonly id: Id
      readonly name: Name
      readonly note?: string
      readonly format?: 'wav' | 'au' | 'mp3' | 'ogg'
      readonly file?: string
      readonly sha256?: string
      readonly language?: Language
    } | NotYetInForce
  }
  /** Where an audio file is used */
  readonly listAudioFileUses: {
    readonly path: {
      readonly id: string
    }
    readonly query: null
    readonly body: null
    readonly answer: AudioFileUseList
  }
  /** What the server says in a language */
  readonly listPrompts: {
    readonly path: {
      readonly language: string
    }
    readonly query: null
    readonly body: null
    readonly answer: PromptList
  }
  /** Have a sound of the library heard in the place of a prompt, from the next call on */
  readonly replacePrompt: {
    readonly path: {
      readonly language: string
      readonly name: string
    }
    readonly query: null
    readonly body: {
      readonly audioFile: string
    }
    readonly answer: Prompt
  }
  /** Have a prompt heard again as it comes with its language */
  readonly restorePrompt: {
    readonly path: {
      readonly language: string
      readonly name: string
    }
    readonly query: null
    readonly body: null
    readonly answer: Prompt
  }
}

export const operations = {
  listTokens: { method: 'GET', path: '/v1/tokens', sends: null, takesKey: false },
  signIn: { method: 'POST', path: '/v1/tokens', sends: 'application/json', takesKey: false },
  signOutEverywhere: { method: 'DELETE', path: '/v1/tokens', sends: null, takesKey: false },
  signOut: { method: 'DELETE', path: '/v1/tokens/{id}', sends: null, takesKey: false },
  listAdministrators: { method: 'GET', path: '/v1/administrators', sends: null, takesKey: false },
  changePassword: { method: 'PUT', path: '/v1/administrators/{userName}/password', sends: 'application/json', takesKey: false },
  readAccount: { method: 'GET', path: '/v1/account', sends: null, takesKey: false },
  replaceAccount: { method: 'PUT', path: '/v1/account', sends: 'application/json', takesKey: false },
  changeAccount: { method: 'PATCH', path: '/v1/account', sends: 'application/merge-patch+json', takesKey: false },
  listListeners: { method: 'GET', path: '/v1/listeners', sends: null, takesKey: false },
  createListener: { method: 'POST', path: '/v1/listeners', sends: 'application/json', takesKey: true },
  readListener: { method: 'GET', path: '/v1/listeners/{id}', sends: null, takesKey: false },
  replaceListener: { method: 'PUT', path: '/v1/listeners/{id}', sends: 'application/json', takesKey: false },
  changeListener: { method: 'PATCH', path: '/v1/listeners/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteListener: { method: 'DELETE', path: '/v1/listeners/{id}', sends: null, takesKey: false },
  listPbxs: { method: 'GET', path: '/v1/pbxs', sends: null, takesKey: false },
  createPbx: { method: 'POST', path: '/v1/pbxs', sends: 'application/json', takesKey: true },
  readPbx: { method: 'GET', path: '/v1/pbxs/{id}', sends: null, takesKey: false },
  replacePbx: { method: 'PUT', path: '/v1/pbxs/{id}', sends: 'application/json', takesKey: false },
  changePbx: { method: 'PATCH', path: '/v1/pbxs/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deletePbx: { method: 'DELETE', path: '/v1/pbxs/{id}', sends: null, takesKey: false },
  listTrunks: { method: 'GET', path: '/v1/trunks', sends: null, takesKey: false },
  createTrunk: { method: 'POST', path: '/v1/trunks', sends: 'application/json', takesKey: true },
  readTrunk: { method: 'GET', path: '/v1/trunks/{id}', sends: null, takesKey: false },
  replaceTrunk: { method: 'PUT', path: '/v1/trunks/{id}', sends: 'application/json', takesKey: false },
  changeTrunk: { method: 'PATCH', path: '/v1/trunks/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteTrunk: { method: 'DELETE', path: '/v1/trunks/{id}', sends: null, takesKey: false },
  listSchedules: { method: 'GET', path: '/v1/schedules', sends: null, takesKey: false },
  createSchedule: { method: 'POST', path: '/v1/schedules', sends: 'application/json', takesKey: true },
  readSchedule: { method: 'GET', path: '/v1/schedules/{id}', sends: null, takesKey: false },
  replaceSchedule: { method: 'PUT', path: '/v1/schedules/{id}', sends: 'application/json', takesKey: false },
  changeSchedule: { method: 'PATCH', path: '/v1/schedules/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteSchedule: { method: 'DELETE', path: '/v1/schedules/{id}', sends: null, takesKey: false },
  listCallingPlans: { method: 'GET', path: '/v1/calling-plans', sends: null, takesKey: false },
  createCallingPlan: { method: 'POST', path: '/v1/calling-plans', sends: 'application/json', takesKey: true },
  readCallingPlan: { method: 'GET', path: '/v1/calling-plans/{id}', sends: null, takesKey: false },
  replaceCallingPlan: { method: 'PUT', path: '/v1/calling-plans/{id}', sends: 'application/json', takesKey: false },
  changeCallingPlan: { method: 'PATCH', path: '/v1/calling-plans/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteCallingPlan: { method: 'DELETE', path: '/v1/calling-plans/{id}', sends: null, takesKey: false },
  listProfilePolicies: { method: 'GET', path: '/v1/profile-policies', sends: null, takesKey: false },
  createProfilePolicy: { method: 'POST', path: '/v1/profile-policies', sends: 'application/json', takesKey: true },
  readProfilePolicy: { method: 'GET', path: '/v1/profile-policies/{id}', sends: null, takesKey: false },
  replaceProfilePolicy: { method: 'PUT', path: '/v1/profile-policies/{id}', sends: 'application/json', takesKey: false },
  changeProfilePolicy: { method: 'PATCH', path: '/v1/profile-policies/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteProfilePolicy: { method: 'DELETE', path: '/v1/profile-policies/{id}', sends: null, takesKey: false },
  listAudioFiles: { method: 'GET', path: '/v1/audio-files', sends: null, takesKey: false },
  createAudioFile: { method: 'POST', path: '/v1/audio-files', sends: 'application/json', takesKey: true },
  readAudioFile: { method: 'GET', path: '/v1/audio-files/{id}', sends: null, takesKey: false },
  replaceAudioFile: { method: 'PUT', path: '/v1/audio-files/{id}', sends: 'application/json', takesKey: false },
  changeAudioFile: { method: 'PATCH', path: '/v1/audio-files/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteAudioFile: { method: 'DELETE', path: '/v1/audio-files/{id}', sends: null, takesKey: false },
  listSites: { method: 'GET', path: '/v1/sites', sends: null, takesKey: false },
  createSite: { method: 'POST', path: '/v1/sites', sends: 'application/json', takesKey: true },
  readSite: { method: 'GET', path: '/v1/sites/{id}', sends: null, takesKey: false },
  replaceSite: { method: 'PUT', path: '/v1/sites/{id}', sends: 'application/json', takesKey: false },
  changeSite: { method: 'PATCH', path: '/v1/sites/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteSite: { method: 'DELETE', path: '/v1/sites/{id}', sends: null, takesKey: false },
  listUsers: { method: 'GET', path: '/v1/users', sends: null, takesKey: false },
  createUser: { method: 'POST', path: '/v1/users', sends: 'application/json', takesKey: true },
  readUser: { method: 'GET', path: '/v1/users/{id}', sends: null, takesKey: false },
  replaceUser: { method: 'PUT', path: '/v1/users/{id}', sends: 'application/json', takesKey: false },
  changeUser: { method: 'PATCH', path: '/v1/users/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteUser: { method: 'DELETE', path: '/v1/users/{id}', sends: null, takesKey: false },
  listRingGroups: { method: 'GET', path: '/v1/ring-groups', sends: null, takesKey: false },
  createRingGroup: { method: 'POST', path: '/v1/ring-groups', sends: 'application/json', takesKey: true },
  readRingGroup: { method: 'GET', path: '/v1/ring-groups/{id}', sends: null, takesKey: false },
  replaceRingGroup: { method: 'PUT', path: '/v1/ring-groups/{id}', sends: 'application/json', takesKey: false },
  changeRingGroup: { method: 'PATCH', path: '/v1/ring-groups/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteRingGroup: { method: 'DELETE', path: '/v1/ring-groups/{id}', sends: null, takesKey: false },
  listCallQueues: { method: 'GET', path: '/v1/call-queues', sends: null, takesKey: false },
  createCallQueue: { method: 'POST', path: '/v1/call-queues', sends: 'application/json', takesKey: true },
  readCallQueue: { method: 'GET', path: '/v1/call-queues/{id}', sends: null, takesKey: false },
  replaceCallQueue: { method: 'PUT', path: '/v1/call-queues/{id}', sends: 'application/json', takesKey: false },
  changeCallQueue: { method: 'PATCH', path: '/v1/call-queues/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteCallQueue: { method: 'DELETE', path: '/v1/call-queues/{id}', sends: null, takesKey: false },
  listAutoAttendants: { method: 'GET', path: '/v1/auto-attendants', sends: null, takesKey: false },
  createAutoAttendant: { method: 'POST', path: '/v1/auto-attendants', sends: 'application/json', takesKey: true },
  readAutoAttendant: { method: 'GET', path: '/v1/auto-attendants/{id}', sends: null, takesKey: false },
  replaceAutoAttendant: { method: 'PUT', path: '/v1/auto-attendants/{id}', sends: 'application/json', takesKey: false },
  changeAutoAttendant: { method: 'PATCH', path: '/v1/auto-attendants/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteAutoAttendant: { method: 'DELETE', path: '/v1/auto-attendants/{id}', sends: null, takesKey: false },
  listParkSlots: { method: 'GET', path: '/v1/park-slots', sends: null, takesKey: false },
  createParkSlot: { method: 'POST', path: '/v1/park-slots', sends: 'application/json', takesKey: true },
  readParkSlot: { method: 'GET', path: '/v1/park-slots/{id}', sends: null, takesKey: false },
  replaceParkSlot: { method: 'PUT', path: '/v1/park-slots/{id}', sends: 'application/json', takesKey: false },
  changeParkSlot: { method: 'PATCH', path: '/v1/park-slots/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteParkSlot: { method: 'DELETE', path: '/v1/park-slots/{id}', sends: null, takesKey: false },
  listPagingGroups: { method: 'GET', path: '/v1/paging-groups', sends: null, takesKey: false },
  createPagingGroup: { method: 'POST', path: '/v1/paging-groups', sends: 'application/json', takesKey: true },
  readPagingGroup: { method: 'GET', path: '/v1/paging-groups/{id}', sends: null, takesKey: false },
  replacePagingGroup: { method: 'PUT', path: '/v1/paging-groups/{id}', sends: 'application/json', takesKey: false },
  changePagingGroup: { method: 'PATCH', path: '/v1/paging-groups/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deletePagingGroup: { method: 'DELETE', path: '/v1/paging-groups/{id}', sends: null, takesKey: false },
  listConferences: { method: 'GET', path: '/v1/conferences', sends: null, takesKey: false },
  createConference: { method: 'POST', path: '/v1/conferences', sends: 'application/json', takesKey: true },
  readConference: { method: 'GET', path: '/v1/conferences/{id}', sends: null, takesKey: false },
  replaceConference: { method: 'PUT', path: '/v1/conferences/{id}', sends: 'application/json', takesKey: false },
  changeConference: { method: 'PATCH', path: '/v1/conferences/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteConference: { method: 'DELETE', path: '/v1/conferences/{id}', sends: null, takesKey: false },
  listDevices: { method: 'GET', path: '/v1/devices', sends: null, takesKey: false },
  createDevice: { method: 'POST', path: '/v1/devices', sends: 'application/json', takesKey: true },
  readDevice: { method: 'GET', path: '/v1/devices/{id}', sends: null, takesKey: false },
  replaceDevice: { method: 'PUT', path: '/v1/devices/{id}', sends: 'application/json', takesKey: false },
  changeDevice: { method: 'PATCH', path: '/v1/devices/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteDevice: { method: 'DELETE', path: '/v1/devices/{id}', sends: null, takesKey: false },
  listPhoneNumbers: { method: 'GET', path: '/v1/phone-numbers', sends: null, takesKey: false },
  createPhoneNumber: { method: 'POST', path: '/v1/phone-numbers', sends: 'application/json', takesKey: true },
  readPhoneNumber: { method: 'GET', path: '/v1/phone-numbers/{id}', sends: null, takesKey: false },
  replacePhoneNumber: { method: 'PUT', path: '/v1/phone-numbers/{id}', sends: 'application/json', takesKey: false },
  changePhoneNumber: { method: 'PATCH', path: '/v1/phone-numbers/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deletePhoneNumber: { method: 'DELETE', path: '/v1/phone-numbers/{id}', sends: null, takesKey: false },
  listContacts: { method: 'GET', path: '/v1/contacts', sends: null, takesKey: false },
  createContact: { method: 'POST', path: '/v1/contacts', sends: 'application/json', takesKey: true },
  readContact: { method: 'GET', path: '/v1/contacts/{id}', sends: null, takesKey: false },
  replaceContact: { method: 'PUT', path: '/v1/contacts/{id}', sends: 'application/json', takesKey: false },
  changeContact: { method: 'PATCH', path: '/v1/contacts/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteContact: { method: 'DELETE', path: '/v1/contacts/{id}', sends: null, takesKey: false },
  listWebhooks: { method: 'GET', path: '/v1/webhooks', sends: null, takesKey: false },
  createWebhook: { method: 'POST', path: '/v1/webhooks', sends: 'application/json', takesKey: true },
  readWebhook: { method: 'GET', path: '/v1/webhooks/{id}', sends: null, takesKey: false },
  replaceWebhook: { method: 'PUT', path: '/v1/webhooks/{id}', sends: 'application/json', takesKey: false },
  changeWebhook: { method: 'PATCH', path: '/v1/webhooks/{id}', sends: 'application/merge-patch+json', takesKey: false },
  deleteWebhook: { method: 'DELETE', path: '/v1/webhooks/{id}', sends: null, takesKey: false },
  listRules: { method: 'GET', path: '/v1/users/{id}/rules', sends: null, takesKey: false },
  createRule: { method: 'POST', path: '/v1/users/{id}/rules', sends: 'application/json', takesKey: true },
  orderRules: { method: 'PUT', path: '/v1/users/{id}/rules/order', sends: 'application/json', takesKey: false },
  readRule: { method: 'GET', path: '/v1/users/{id}/rules/{rule}', sends: null, takesKey: false },
  replaceRule: { method: 'PUT', path: '/v1/users/{id}/rules/{rule}', sends: 'application/json', takesKey: false },
  changeRule: { method: 'PATCH', path: '/v1/users/{id}/rules/{rule}', sends: 'application/merge-patch+json', takesKey: false },
  deleteRule: { method: 'DELETE', path: '/v1/users/{id}/rules/{rule}', sends: null, takesKey: false },
  readUserForwarding: { method: 'GET', path: '/v1/users/{id}/forwarding', sends: null, takesKey: false },
  replaceUserForwarding: { method: 'PUT', path: '/v1/users/{id}/forwarding', sends: 'application/json', takesKey: false },
  changeUserForwarding: { method: 'PATCH', path: '/v1/users/{id}/forwarding', sends: 'application/merge-patch+json', takesKey: false },
  deleteUserForwarding: { method: 'DELETE', path: '/v1/users/{id}/forwarding', sends: null, takesKey: false },
  readUserBlockList: { method: 'GET', path: '/v1/users/{id}/block-list', sends: null, takesKey: false },
  replaceUserBlockList: { method: 'PUT', path: '/v1/users/{id}/block-list', sends: 'application/json', takesKey: false },
  changeUserBlockList: { method: 'PATCH', path: '/v1/users/{id}/block-list', sends: 'application/merge-patch+json', takesKey: false },
  deleteUserBlockList: { method: 'DELETE', path: '/v1/users/{id}/block-list', sends: null, takesKey: false },
  readPbxBlockList: { method: 'GET', path: '/v1/pbxs/{id}/block-list', sends: null, takesKey: false },
  replacePbxBlockList: { method: 'PUT', path: '/v1/pbxs/{id}/block-list', sends: 'application/json', takesKey: false },
  changePbxBlockList: { method: 'PATCH', path: '/v1/pbxs/{id}/block-list', sends: 'application/merge-patch+json', takesKey: false },
  deletePbxBlockList: { method: 'DELETE', path: '/v1/pbxs/{id}/block-list', sends: null, takesKey: false },
  readAccountBlockList: { method: 'GET', path: '/v1/account/block-list', sends: null, takesKey: false },
  replaceAccountBlockList: { method: 'PUT', path: '/v1/account/block-list', sends: 'application/json', takesKey: false },
  changeAccountBlockList: { method: 'PATCH', path: '/v1/account/block-list', sends: 'application/merge-patch+json', takesKey: false },
  deleteAccountBlockList: { method: 'DELETE', path: '/v1/account/block-list', sends: null, takesKey: false },
  listExtensions: { method: 'GET', path: '/v1/extensions', sends: null, takesKey: false },
  suggestExtension: { method: 'GET', path: '/v1/extensions/free', sends: null, takesKey: false },
  exchangePhoneNumbers: { method: 'POST', path: '/v1/phone-numbers/exchange', sends: 'application/json', takesKey: true },
  exportDocument: { method: 'GET', path: '/v1/document', sends: null, takesKey: false },
  applyDocument: { method: 'PUT', path: '/v1/document', sends: 'application/yaml', takesKey: false },
  listRevisions: { method: 'GET', path: '/v1/revisions', sends: null, takesKey: false },
  readRevision: { method: 'GET', path: '/v1/revisions/{revision}', sends: null, takesKey: false },
  compareRevisions: { method: 'GET', path: '/v1/revisions/{revision}/difference', sends: null, takesKey: false },
  restoreRevision: { method: 'POST', path: '/v1/revisions/{revision}/restore', sends: 'application/json', takesKey: false },
  listAuditEvents: { method: 'GET', path: '/v1/audit', sends: null, takesKey: false },
  listRegistrations: { method: 'GET', path: '/v1/registrations', sends: null, takesKey: false },
  listCalls: { method: 'GET', path: '/v1/calls', sends: null, takesKey: false },
  dial: { method: 'POST', path: '/v1/calls', sends: 'application/json', takesKey: false },
  recordCall: { method: 'POST', path: '/v1/calls/{id}/recording', sends: 'application/json', takesKey: false },
  listSubscriptions: { method: 'GET', path: '/v1/subscriptions', sends: null, takesKey: false },
  listTrunkStates: { method: 'GET', path: '/v1/trunk-states', sends: null, takesKey: false },
  listTollUse: { method: 'GET', path: '/v1/toll-use', sends: null, takesKey: false },
  listParkedCalls: { method: 'GET', path: '/v1/parked-calls', sends: null, takesKey: false },
  followEvents: { method: 'GET', path: '/v1/events', sends: null, takesKey: false },
  hangUp: { method: 'DELETE', path: '/v1/calls/{id}', sends: null, takesKey: false },
  holdCall: { method: 'POST', path: '/v1/calls/{id}/hold', sends: 'application/json', takesKey: false },
  resumeCall: { method: 'POST', path: '/v1/calls/{id}/resume', sends: 'application/json', takesKey: false },
  transferCall: { method: 'POST', path: '/v1/calls/{id}/transfer', sends: 'application/json', takesKey: false },
  parkCall: { method: 'POST', path: '/v1/calls/{id}/park', sends: 'application/json', takesKey: false },
  fetchParkedCall: { method: 'POST', path: '/v1/calls/fetch', sends: 'application/json', takesKey: false },
  endCallsOfUser: { method: 'POST', path: '/v1/calls/end-all', sends: 'application/json', takesKey: false },
  listCallMessages: { method: 'GET', path: '/v1/calls/{id}/messages', sends: null, takesKey: false },
  listWebhookStates: { method: 'GET', path: '/v1/webhook-states', sends: null, takesKey: false },
  explainCall: { method: 'GET', path: '/v1/explain', sends: null, takesKey: false },
  whatIf: { method: 'POST', path: '/v1/whatif', sends: 'application/json', takesKey: false },
  lintConfiguration: { method: 'GET', path: '/v1/lint', sends: null, takesKey: false },
  readHealth: { method: 'GET', path: '/healthz', sends: null, takesKey: false },
  readReadiness: { method: 'GET', path: '/readyz', sends: null, takesKey: false },
  readMetrics: { method: 'GET', path: '/metrics', sends: null, takesKey: false },
  listRecords: { method: 'GET', path: '/v1/records', sends: null, takesKey: false },
  exportRecords: { method: 'GET', path: '/v1/records.csv', sends: null, takesKey: false },
  readRecord: { method: 'GET', path: '/v1/records/{id}', sends: null, takesKey: false },
  listMessages: { method: 'GET', path: '/v1/messages', sends: null, takesKey: false },
  listRecordings: { method: 'GET', path: '/v1/recordings', sends: null, takesKey: false },
  readRecording: { method: 'GET', path: '/v1/recordings/{id}', sends: null, takesKey: false },
  deleteRecording: { method: 'DELETE', path: '/v1/recordings/{id}', sends: null, takesKey: false },
  playRecording: { method: 'GET', path: '/v1/recordings/{id}/play', sends: null, takesKey: false },
  downloadRecording: { method: 'GET', path: '/v1/recordings/{id}/download', sends: null, takesKey: false },
  downloadRecordings: { method: 'POST', path: '/v1/recordings/download', sends: 'application/json', takesKey: false },
  readRecordingUsage: { method: 'GET', path: '/v1/recording-usage', sends: null, takesKey: false },
  deleteRecordings: { method: 'POST', path: '/v1/recordings/delete', sends: 'application/json', takesKey: false },
  retrieveRecordings: { method: 'POST', path: '/v1/recordings/retrieve', sends: 'application/json', takesKey: false },
  holdRecording: { method: 'PUT', path: '/v1/recordings/{id}/hold', sends: 'application/json', takesKey: false },
  releaseRecording: { method: 'DELETE', path: '/v1/recordings/{id}/hold', sends: null, takesKey: false },
  listRecordingTasks: { method: 'GET', path: '/v1/recording-tasks', sends: null, takesKey: false },
  readRecordingTask: { method: 'GET', path: '/v1/recording-tasks/{id}', sends: null, takesKey: false },
  stopRecordingTask: { method: 'DELETE', path: '/v1/recording-tasks/{id}', sends: null, takesKey: false },
  listStorageRegions: { method: 'GET', path: '/storage/{region}/v3/regions', sends: null, takesKey: false },
  listStorageObjects: { method: 'GET', path: '/storage/{region}/v3/objects', sends: null, takesKey: false },
  readStorageObject: { method: 'GET', path: '/storage/{region}/v3/objects/{id}', sends: null, takesKey: false },
  downloadStorageObject: { method: 'GET', path: '/storage/{region}/v3/objects/{id}/content', sends: null, takesKey: false },
  downloadStorageObjects: { method: 'POST', path: '/storage/{region}/v3/objects/download', sends: 'application/json', takesKey: false },
  deleteStorageObjects: { method: 'POST', path: '/storage/{region}/v3/objects/delete', sends: 'application/json', takesKey: false },
  hearAudioFile: { method: 'GET', path: '/v1/audio-files/{id}/sound', sends: null, takesKey: false },
  uploadAudioFile: { method: 'PUT', path: '/v1/audio-files/{id}/sound', sends: 'audio/wav', takesKey: false },
  listAudioFileUses: { method: 'GET', path: '/v1/audio-files/{id}/uses', sends: null, takesKey: false },
  listPrompts: { method: 'GET', path: '/v1/prompts/{language}', sends: null, takesKey: false },
  replacePrompt: { method: 'PUT', path: '/v1/prompts/{language}/{name}', sends: 'application/json', takesKey: false },
  restorePrompt: { method: 'DELETE', path: '/v1/prompts/{language}/{name}', sends: null, takesKey: false },
} as const satisfies Readonly<Record<keyof Operations, OperationDescription>>
