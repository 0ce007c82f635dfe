/** The command line of the benchmark "calls". */

import { parseArgs } from 'node:util'

export interface CallsOptions {
  /** Calls a second. */
  readonly rates: readonly number[]
  readonly rounds: number
  /** Seconds of load per measurement. */
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Names in the order of each round. */
  readonly servers: readonly string[]
  readonly users: number
  /** First of the 16 UDP ports used. */
  readonly portBase: number
  readonly calibrate: boolean
  /** Where the figures go as JSON; null for nowhere. */
  readonly jsonFile: string | null
}

export const CALLS_HELP = `npm run bench -- calls [options]

CPU per call of Ringdown against a bare two-leg script and Kamailio, with SIPp at both ends.

  --rates 400,1600,3200               calls a second
  --rounds 3                          rounds; the median counts
  --seconds 10                        seconds of load per measurement
  --warm-up 5                         seconds of load before the first measurement of each start
  --servers floor,kamailio,ringdown   which servers, in the order of each round; also floor-batching (the script on
                                      Ringdown's batching socket) and ringdown-dgram (Ringdown on node:dgram)
  --users 10000                       registered phones
  --port-base 26000                   first of 16 UDP ports used on 127.0.0.1
  --no-calibration                    leave out the run of SIPp against SIPp
  --json FILE                         write all figures to FILE as well
`

/** Servers that are measured unless others are asked for. */
const usualServers = 'floor,kamailio,ringdown'

/** Reads the arguments after the benchmark's name; null when help is asked for. @throws Error with one clear line. */
export function readCallsOptions(args: readonly string[], serverNames: readonly string[]): CallsOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rates: { type: 'string', default: '400,1600,3200' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      'warm-up': { type: 'string', default: '5' },
      servers: { type: 'string', default: usualServers },
      users: { type: 'string', default: '10000' },
      'port-base': { type: 'string', default: '26000' },
      'no-calibration': { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const servers = values.servers.split(',')
  for (const name of servers) {
    if (!serverNames.includes(name)) throw new Error(`--servers: there is no "${name}", only ${serverNames.join(', ')}`)
  }
  return {
    rates: values.rates.split(',').map((rate) => wholeNumber('--rates', rate, 1, 100_000)),
    rounds: wholeNumber('--rounds', values.rounds, 1, 1000),
    seconds: wholeNumber('--seconds', values.seconds, 1, 86_400),
    warmUpSeconds: wholeNumber('--warm-up', values['warm-up'], 0, 3600),
    servers,
    users: wholeNumber('--users', values.users, 1, 100_000),
    portBase: wholeNumber('--port-base', values['port-base'], 1024, 65_000),
    calibrate: !values['no-calibration'],
    jsonFile: values.json ?? null,
  }
}

function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) return value
  throw new Error(`${name}: "${text}" is not a whole number from ${minimum} to ${maximum}`)
}
