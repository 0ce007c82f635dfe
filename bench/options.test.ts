import t from 'tap'
import { readCallsOptions, readRegisterOptions } from './options.ts'

const SERVERS = ['floor', 'kamailio', 'ringdown', 'ringdown-dgram']

t.test('defaults and given values', async (t) => {
  t.match(readCallsOptions([], SERVERS), {
    rates: [400, 1600, 3200],
    rounds: 3,
    servers: ['floor', 'kamailio', 'ringdown'],
    calibrate: true,
    lingerSeconds: null,
  })
  t.match(readCallsOptions(['--linger', '5'], SERVERS), { lingerSeconds: 5 })
  const options = readCallsOptions(['--rates', '50', '--servers', 'floor', '--json', 'x', '--no-calibration'], SERVERS)
  t.match(options, { rates: [50], servers: ['floor'], jsonFile: 'x', calibrate: false })
  t.equal(readCallsOptions(['--help'], SERVERS), null)
})

t.test('with --digest the script, which knows none, is left out, and SIPp is not calibrated', async (t) => {
  t.match(readCallsOptions(['--digest'], SERVERS), {
    digest: true,
    servers: ['kamailio', 'ringdown'],
    calibrate: false,
  })
  t.throws(() => readCallsOptions(['--digest', '--servers', 'floor'], SERVERS), /there is no "floor", only kamailio/)
})

t.test('options of registrations', async (t) => {
  t.match(readRegisterOptions([], ['kamailio', 'ringdown']), { rates: [400, 1600], servers: ['kamailio', 'ringdown'] })
  t.equal(readRegisterOptions(['-h'], SERVERS), null)
  t.throws(() => readRegisterOptions(['--digest'], SERVERS), /--digest/)
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
