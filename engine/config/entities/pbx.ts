import type { Static } from 'typebox'
import Type from 'typebox'
import { featureCodeNames } from './feature-codes.ts'
import { BlockList } from './routing.ts'
import {
  Country,
  DigestAlgorithms,
  E164,
  HostName,
  Id,
  Language,
  LongestCall,
  Name,
  OutboundBlockList,
  oneOf,
  PlanName,
  strict,
  wholeNumber,
} from './values.ts'

const FeatureCode = Type.Optional(
  Type.String({
    pattern: '^(off|[*#]?[0-9*#]{1,6})$',
    description: 'Write the digits to dial, for example "*72", or off',
  }),
)

const FeatureCodes = Type.Object(
  Object.fromEntries(featureCodeNames.map((name) => [name, FeatureCode])) as Record<
    (typeof featureCodeNames)[number],
    typeof FeatureCode
  >,
  { ...strict, description: 'Write codes by name, for example {doNotDisturbOn: "*78", page: off}' },
)

export const Pbx = Type.Object(
  {
    id: Id,
    name: Name,
    domain: Type.String({
      pattern: `^${HostName}$`,
      description: 'Write a host name in lower case, for example north.example.com',
    }),
    dialCode: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,6}$', description: 'Write 1 to 6 digits, or leave it out' }),
    ),
    extensionLength: Type.Optional(
      Type.Object(
        {
          shortest: Type.Integer({ minimum: 2, maximum: 10, description: 'Write a whole number, 2 to 10' }),
          longest: Type.Integer({ minimum: 2, maximum: 10, description: 'Write a whole number, 2 to 10' }),
        },
        { ...strict, description: 'Write shortest and longest, for example {shortest: 3, longest: 6}' },
      ),
    ),
    country: Country,
    outsidePrefix: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,3}$', description: 'Write 1 to 3 digits, or leave it out' }),
    ),
    misdialIsError: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    blockList: Type.Optional(BlockList),
    digestAlgorithms: Type.Optional(DigestAlgorithms),
    phoneRedirects: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    language: Type.Optional(Language),
    mainNumber: Type.Optional(E164),
    callingPlan: Type.Optional(PlanName),
    outboundBlockList: Type.Optional(OutboundBlockList),
    featureCodes: Type.Optional(FeatureCodes),
    pickup: Type.Optional(oneOf(['everyone', 'same-site', 'same-group', 'nobody'])),
    musicOnHold: Type.Optional(Id),
    recordingPolicy: Type.Optional(Id),
    simultaneousCalls: Type.Optional(wholeNumber(0, 100_000, 'calls')),
    longestCallMinutes: Type.Optional(LongestCall),
    unsolicitedMessageWaiting: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
  },
  { ...strict, description: 'Write a PBX with id, name, domain and country' },
)

export type PbxBody = Static<typeof Pbx>
