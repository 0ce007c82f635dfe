/**
 * What somebody does on the first day: start the server in an empty folder, set two softphones up as the printed table
 * says, and talk. Each phone plays a tone, and each must have heard the other's.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Credentials } from '../wire/digest.ts'
import { skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import { Baresip } from './baresip.ts'
import { readWav, toneShare } from './tone.ts'

t.setTimeout(240_000)

interface TableRow extends Credentials {
  readonly extension: string
  readonly line: string
}

/** The lines of the first start's table: a cell of digits is an extension, sixteen letters and digits are a password. */
function readTable(log: string): TableRow[] {
  const rows: TableRow[] = []
  for (const line of log.split('\n')) {
    const cells = line.split(/\s{2,}|\s*[│|]\s*|\t/).map((cell) => cell.trim())
    const extension = cells.find((cell) => /^\d{4}$/.test(cell))
    const passwordAt = cells.findIndex((cell) => /^[0-9a-z]{16}$/.test(cell))
    const userName = cells[passwordAt - 1]
    const password = cells[passwordAt]
    if (extension && userName && password) rows.push({ extension, userName, password, line })
  }
  return rows
}

t.test(
  'two baresip phones register with what the first start prints, and talk',
  { skip: skipWithout('baresip') },
  async (t) => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'ringdown-first-'))
    t.teardown(() => rmSync(dataFolder, { recursive: true, force: true }))
    const server = await RingdownServer.start({ document: null, dataFolder })
    t.teardown(() => server.remove())
    await server.printed(/\b1003\b/)
    const rows = readTable(server.log)
    t.equal(rows.length, 6, 'six users')
    const [first, second] = [rows[0]!, rows[1]!]
    t.match(server.log, `${server.address.address}:${server.address.port}`, 'the address to register with')

    const a = await Baresip.start(server.address, first, 440)
    t.teardown(() => a.stop())
    const b = await Baresip.start(server.address, second, 1000)
    t.teardown(() => b.stop())
    await Promise.all([a.registered(), b.registered()])
    t.equal(JSON.parse((await server.command('registrations', '--json')).output).length, 2)

    await a.command('dial', second.extension)
    await Promise.all([a.saw('CALL_ESTABLISHED'), b.saw('CALL_ESTABLISHED')])
    t.equal(JSON.parse((await server.command('calls', '--json')).output).length, 1)
    // Two seconds of sound at 8000 samples of 16 bits.
    const deadline = Date.now() + 15_000
    while (Math.min(a.heard().length, b.heard().length) < 32_000 && Date.now() < deadline) await sleep(50)
    await a.command('hangup')
    await Promise.all([a.saw('CALL_CLOSED'), b.saw('CALL_CLOSED')])

    const [heardByA, heardByB] = [readWav(a.heard()), readWav(b.heard())]
    t.ok(toneShare(heardByA, 1000) > 0.8, `A heard the tone of B: ${toneShare(heardByA, 1000).toFixed(3)}`)
    t.ok(toneShare(heardByB, 440) > 0.8, `B heard the tone of A: ${toneShare(heardByB, 440).toFixed(3)}`)
    t.ok(toneShare(heardByA, 440) < 0.05, 'A did not hear itself')
    t.ok(toneShare(heardByB, 1000) < 0.05, 'B did not hear itself')
    await Promise.all([a.stop(), b.stop()])
    await server.stopEmpty()
  },
)
