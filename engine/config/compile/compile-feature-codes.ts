import type { FeatureCodeName } from '../entities/feature-codes.ts'
import { defaultFeatureCodes, featureCodeNames, featuresWithArgument } from '../entities/feature-codes.ts'
import type { PbxBody } from '../entities/pbx.ts'
import type { FeatureCodes } from '../snapshot.ts'
import { prefixTable } from './prefix-table.ts'

const withArgument: ReadonlySet<FeatureCodeName> = new Set(featuresWithArgument)

/** Lays a PBX's codes out: what it says, else the defaults, which most PBXs share as one object. */
export function compileFeatureCodes(source: PbxBody['featureCodes']): FeatureCodes {
  return source === undefined ? defaults : codesOf(source)
}

function codesOf(source: NonNullable<PbxBody['featureCodes']>): FeatureCodes {
  const alone = new Map<string, FeatureCodeName>()
  const before = new Map<string, FeatureCodeName>()
  for (const name of featureCodeNames) {
    const code = source[name] ?? defaultFeatureCodes[name]
    // The number that tests emergency calling is the country's, unless the PBX says something else.
    if (code === 'off' || (name === 'emergencyTest' && source[name] === undefined)) continue
    // One that lacks its argument is found here too, so that its caller can be told.
    alone.set(code, name)
    if (withArgument.has(name)) before.set(code, name)
  }
  const beginsWithDigit = (code: string) => /^[0-9]/.test(code)
  return {
    alone,
    before: prefixTable(before),
    digitLengths: [...alone.keys()].filter(beginsWithDigit).reduce((bits, { length }) => bits | (1 << length), 0),
    someBeforeAreDigits: [...before.keys()].some(beginsWithDigit),
    emergencyTestNumber: source.emergencyTest === undefined,
  }
}

/** Codes after which a number is read anew. */
export function callPrefixCodesOf({ before }: FeatureCodes): string[] {
  return [...before.values].filter(([, name]) => callPrefixes.has(name)).map(([code]) => code)
}

const callPrefixes: ReadonlySet<FeatureCodeName> = new Set(['hideCallerId', 'showCallerId', 'callWaitingOff'])

const defaults = codesOf({})
