import type { Static } from 'typebox'
import Type from 'typebox'
import { BlockList } from './routing.ts'
import { TollFraud } from './toll-fraud.ts'
import {
  Id,
  Language,
  Line,
  LongestCall,
  listOf,
  Name,
  OutboundBlockList,
  oneOf,
  strict,
  wholeNumber,
  YesNo,
} from './values.ts'

const PasswordPolicy = Type.Object(
  {
    shortest: Type.Optional(wholeNumber(8, 128, 'characters')),
    lowerCase: Type.Optional(YesNo),
    upperCase: Type.Optional(YesNo),
    digit: Type.Optional(YesNo),
    special: Type.Optional(YesNo),
    validDays: Type.Optional(wholeNumber(0, 3650, 'days')),
    wrongTries: Type.Optional(wholeNumber(1, 100)),
    lockMinutes: Type.Optional(wholeNumber(1, 1440, 'minutes')),
  },
  { ...strict, description: 'Write what passwords need, for example {shortest: 12, special: true}' },
)

const WebAddress = Type.String({
  pattern: '^https://[^\\s]{1,500}$',
  description: 'Write an address that begins with https://',
})

const SingleSignOn = Type.Object(
  {
    label: Name,
    protocol: oneOf(['SAML', 'OpenID Connect']),
    loginUrl: WebAddress,
    issuer: Type.String({
      minLength: 1,
      maxLength: 500,
      description: 'Write the issuer as the identity provider does',
    }),
    clientId: Type.Optional(Line),
    certificate: Type.Optional(
      Type.String({ maxLength: 20_000, description: 'Write the certificate in PEM form, -----BEGIN CERTIFICATE-----' }),
    ),
  },
  { ...strict, description: 'Write label, protocol, loginUrl and issuer' },
)

/** How long recordings stay at hand, and then in the archive, before they are deleted. */
const RecordingPolicy = Type.Object(
  {
    id: Id,
    name: Name,
    hotDays: wholeNumber(1, 36_500, 'days'),
    coldDays: Type.Optional(wholeNumber(0, 36_500, 'days')),
  },
  { ...strict, description: 'Write id, name and hotDays' },
)

export const Account = Type.Object(
  {
    id: Type.Optional(Id),
    name: Name,
    blockList: Type.Optional(BlockList),
    outboundBlockList: Type.Optional(OutboundBlockList),
    simultaneousOutsideForwards: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1000, description: 'Write a whole number, 0 to 1000' }),
    ),
    tollFraud: Type.Optional(TollFraud),
    longestCallMinutes: Type.Optional(LongestCall),
    defaultPbx: Type.Optional(Id),
    defaultProfilePolicy: Type.Optional(Id),
    passwordPolicy: Type.Optional(PasswordPolicy),
    secondFactorRequired: Type.Optional(YesNo),
    localSignIn: Type.Optional(oneOf(['everyone', 'administrators'])),
    singleSignOn: Type.Optional(SingleSignOn),
    language: Type.Optional(Language),
    musicOnHold: Type.Optional(Id),
    recordingAnnouncement: Type.Optional(oneOf(['over-the-speech', 'first'])),
    recordingBeep: Type.Optional(YesNo),
    recordingPolicy: Type.Optional(Id),
    recordingPolicies: Type.Optional(listOf(RecordingPolicy, 100, 'policies for keeping recordings')),
    recordingFormat: Type.Optional(oneOf(['wav', 'opus', 'mp3'])),
    recordingWarningGigabytes: Type.Optional(wholeNumber(1, 1_000_000, 'gigabytes')),
    sample: Type.Optional(YesNo),
  },
  { ...strict, description: 'Write the account with its name' },
)

export type AccountBody = Static<typeof Account>
