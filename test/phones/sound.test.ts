/**
 * Sound that passes through the server, between softphones that others wrote: each hears the other's tone and not its own,
 * the recording has both from the first frame on, and a media process that is killed ends no call.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Company } from '../wire/company.ts'
import { freePort } from '../wire/ports.ts'
import { skipWithout } from '../wire/programs.ts'
import { RingdownServer } from '../wire/server.ts'
import { Baresip } from './baresip.ts'
import type { Recording } from './tone.ts'
import { readWav, toneShare } from './tone.ts'

t.setTimeout(240_000)

/** Media is taken from the address in the SDP only, and that is where sound of softphones bound to everything leaves. */
const own = '127.0.0.1'

/** Children of a process, whose command line has this word. */
function childrenOf(pid: number, word: string): number[] {
  const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' })
  return list
    .split('\n')
    .filter((line) => line.includes(word))
    .map((line) => Number.parseInt(line, 10))
}

async function until(isSo: () => boolean, what: string, milliseconds = 15_000): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Waited for ${what}`)
    await sleep(50)
  }
}

/** What was heard in the last so many seconds. */
function last(recording: Recording, seconds: number): Recording {
  const { samples, samplesPerSecond } = recording
  return { samplesPerSecond, samples: samples.slice(-Math.round(seconds * samplesPerSecond)) }
}

/**
 * In which share of the half seconds the tone was all that was heard. Over a gap the tone goes on at another place of its
 * wave, so that over the whole the parts before and after it may cancel each other.
 */
function heardShare({ samples, samplesPerSecond }: Recording, frequency: number): number {
  const length = samplesPerSecond / 2
  const count = Math.floor(samples.length / length)
  let heard = 0
  for (let part = 0; part < count; part++) {
    const half = samples.slice(part * length, (part + 1) * length)
    if (toneShare({ samplesPerSecond, samples: half }, frequency) > 0.8) heard++
  }
  return heard / Math.max(1, count)
}

t.test('sound through the server', { skip: skipWithout('baresip') }, async (t) => {
  const company = new Company()
  const recorded = company.person({ recording: { mode: 'always' }, ringSeconds: 20 })
  const other = company.person({ ringSeconds: 20 })
  const first = (await freePort()) & ~1
  const server = await RingdownServer.start({
    document: company.document(),
    environment: {
      RINGDOWN_BIND: own,
      RINGDOWN_MEDIA_PROCESSES: '1',
      RINGDOWN_MEDIA_PORTS: `${first}-${first + 99}`,
    },
  })
  const at = { ...server.address, address: own }
  t.teardown(() => server.remove())
  const a = await Baresip.start(at, other, 440, '', own)
  t.teardown(() => a.stop())
  const b = await Baresip.start(at, recorded, 1000, '', own)
  t.teardown(() => b.stop())
  await Promise.all([a.registered(), b.registered(), server.printed(/A media process is there/)])

  await a.command('dial', recorded.extension)
  await Promise.all([a.saw('CALL_ESTABLISHED'), b.saw('CALL_ESTABLISHED')])
  await until(() => Math.min(a.heard().length, b.heard().length) > 48_000, 'sound')

  const [media] = childrenOf(server.supervisorPid, 'media/main.js')
  t.ok(media !== undefined, 'a media process')
  process.kill(media ?? 0, 'SIGKILL')
  await server.printed(/A media process is gone/)
  await until(() => (server.log.match(/A media process is there/g)?.length ?? 0) === 2, 'another media process')
  const before = b.heard().length
  await until(() => b.heard().length > before + 32_000, 'sound after the restart')
  t.equal((await server.calls()).length, 1, 'the call goes on')
  t.ok(toneShare(last(readWav(b.heard()), 0.5), 440) > 0.8, 'and is heard again')

  await a.command('hangup')
  await Promise.all([a.saw('CALL_CLOSED'), b.saw('CALL_CLOSED')])
  const [heardByA, heardByB] = [readWav(a.heard()), readWav(b.heard())]
  t.ok(heardShare(heardByA, 1000) > 0.6, `A heard B for ${heardShare(heardByA, 1000).toFixed(3)} of the time`)
  t.ok(heardShare(heardByB, 440) > 0.6, `B heard A for ${heardShare(heardByB, 440).toFixed(3)} of the time`)
  t.ok(toneShare(heardByA, 440) < 0.05, 'A did not hear itself')
  t.ok(toneShare(heardByB, 1000) < 0.05, 'B did not hear itself')

  const complete = join(server.dataFolder, 'recordings', 'new')
  const descriptions = () =>
    existsSync(complete) ? readdirSync(complete).filter((name) => name.endsWith('.json')) : []
  await until(() => descriptions().length > 0, 'a complete recording')
  const description = JSON.parse(readFileSync(join(complete, descriptions()[0] ?? ''), 'utf8'))
  t.match(description, {
    direction: 'internal',
    owners: [recorded.id],
    caller: { user: other.id },
    callee: { user: recorded.id },
    gaps: [{ why: 'media-restart' }],
  })
  // A second is the goal; other tests share the processors.
  t.ok(description.gaps[0].milliseconds < 5000, `the gap is ${description.gaps[0].milliseconds} ms`)
  await server.printed(/A call is recorded/)
})
