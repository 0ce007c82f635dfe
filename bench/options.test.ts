import t from 'tap'
import { readCallsOptions } from './options.ts'

const SERVERS = ['floor', 'kamailio', 'ringdown', 'ringdown-dgram']

t.test('defaults and given values', async (t) => {
  t.match(readCallsOptions([], SERVERS), {
    rates: [400, 1600, 3200],
    rounds: 3,
    servers: ['floor', 'kamailio', 'ringdown'],
    calibrate: true,
  })
  const options = readCallsOptions(['--rates', '50', '--servers', 'floor', '--json', 'x', '--no-calibration'], SERVERS)
  t.match(options, { rates: [50], servers: ['floor'], jsonFile: 'x', calibrate: false })
  t.equal(readCallsOptions(['--help'], SERVERS), null)
})

t.test('mistakes are named', async (t) => {
  t.throws(
    () => readCallsOptions(['--servers', 'asterisk'], SERVERS),
    /there is no "asterisk", only floor, kamailio, ringdown, ringdown-dgram/,
  )
  t.throws(() => readCallsOptions(['--rates', '400,'], SERVERS), /--rates: "" is not a whole number/)
  t.throws(() => readCallsOptions(['--rounds', '0'], SERVERS), /--rounds: "0" is not a whole number from 1/)
  t.throws(() => readCallsOptions(['--what'], SERVERS), /--what/)
})
