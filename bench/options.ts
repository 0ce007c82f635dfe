/** The command lines of the benchmarks "calls" and "register". */

import { parseArgs } from 'node:util'

export interface RoundsOptions {
  /** Calls or registrations a second. */
  readonly rates: readonly number[]
  readonly rounds: number
  /** Seconds of load per measurement. */
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Seconds of waiting after each load instead of until no transaction can be left; null for that. */
  readonly lingerSeconds: number | null
  /** Names in the order of each round. */
  readonly servers: readonly string[]
  readonly users: number
  /** First of the 16 UDP ports used. */
  readonly portBase: number
  /** Where the figures go as JSON; null for nowhere. */
  readonly jsonFile: string | null
}

export interface CallsOptions extends RoundsOptions {
  readonly calibrate: boolean
  /** Phones call, and sign in for each call. */
  readonly digest: boolean
}

const commonHelp = `  --rounds 3                          rounds; the median counts
  --seconds 10                        seconds of load per measurement
  --warm-up 15                        seconds of load before the first measurement of each start
  --linger SECONDS                    seconds of waiting after each load; unless given, until no transaction can be left.
                                      Less is a quick look that leaves out what ends later
  --users 10000                       registered phones
  --port-base 26000                   first of 16 UDP ports used on 127.0.0.1
  --json FILE                         write all figures to FILE as well
`

export const CALLS_HELP = `npm run bench -- calls [options]

CPU per call of Ringdown against a bare two-leg script and Kamailio, with SIPp at both ends.

  --rates 400,1600,3200               calls a second
  --digest                            phones call, and sign in by digest for each call, at both servers
  --servers floor,kamailio,ringdown   which servers, in the order of each round; also floor-batching (the script on
                                      Ringdown's batching socket), ringdown-dgram (Ringdown on node:dgram) and
                                      ringdown-media (with a media process);
                                      with --digest kamailio,ringdown: the script knows no digest
  --no-calibration                    leave out the run of SIPp against SIPp
${commonHelp}`

export const REGISTER_HELP = `npm run bench -- register [options]

CPU per registration (digest: challenge and answer) of Ringdown against Kamailio, with SIPp as the phones.

  --rates 400,1600                    registrations a second
  --servers kamailio,ringdown         which servers, in the order of each round; also ringdown-dgram
${commonHelp}`

/** Reads the arguments of "calls"; null when help is asked for. @throws Error with one clear line. */
export function readCallsOptions(args: readonly string[], serverNames: readonly string[]): CallsOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...roundsOptions('400,1600,3200'),
      'no-calibration': { type: 'boolean', default: false },
      digest: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const { digest } = values
  const known = digest ? serverNames.filter((name) => !name.startsWith('floor')) : serverNames
  const usual = digest ? 'kamailio,ringdown' : 'floor,kamailio,ringdown'
  // What signs in belongs to no calibration: SIPp does not challenge itself.
  return { ...readRounds(values, known, usual), digest, calibrate: !digest && !values['no-calibration'] }
}

/** Reads the arguments of "register"; null when help is asked for. @throws Error with one clear line. */
export function readRegisterOptions(args: readonly string[], serverNames: readonly string[]): RoundsOptions | null {
  const { values } = parseArgs({ args: [...args], options: roundsOptions('400,1600') })
  return values.help ? null : readRounds(values, serverNames, 'kamailio,ringdown')
}

function roundsOptions(rates: string) {
  return {
    rates: { type: 'string', default: rates },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '15' },
    linger: { type: 'string' },
    servers: { type: 'string' },
    users: { type: 'string', default: '10000' },
    'port-base': { type: 'string', default: '26000' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
}

interface RoundsValues {
  readonly rates: string
  readonly rounds: string
  readonly seconds: string
  readonly 'warm-up': string
  readonly linger?: string | undefined
  readonly servers?: string | undefined
  readonly users: string
  readonly 'port-base': string
  readonly json?: string | undefined
}

function readRounds(values: RoundsValues, serverNames: readonly string[], usual: string): RoundsOptions {
  const servers = (values.servers ?? usual).split(',')
  for (const name of servers) {
    if (!serverNames.includes(name)) throw new Error(`--servers: there is no "${name}", only ${serverNames.join(', ')}`)
  }
  return {
    rates: values.rates.split(',').map((rate) => wholeNumber('--rates', rate, 1, 100_000)),
    rounds: wholeNumber('--rounds', values.rounds, 1, 1000),
    seconds: wholeNumber('--seconds', values.seconds, 1, 86_400),
    warmUpSeconds: wholeNumber('--warm-up', values['warm-up'], 0, 3600),
    lingerSeconds: values.linger === undefined ? null : wholeNumber('--linger', values.linger, 1, 3600),
    servers,
    users: wholeNumber('--users', values.users, 1, 100_000),
    portBase: wholeNumber('--port-base', values['port-base'], 1024, 65_000),
    jsonFile: values.json ?? null,
  }
}

function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) return value
  throw new Error(`${name}: "${text}" is not a whole number from ${minimum} to ${maximum}`)
}
