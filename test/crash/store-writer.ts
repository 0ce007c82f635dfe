/** A process that changes the configuration at random until it is killed, or so many times. Run by store.test.ts. */
import { randomInt } from 'node:crypto'
import { argv } from 'node:process'
import type { EntityWrite } from '../../engine/config/configuration-writer.ts'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'

const [, , dataFolder = '', name = '', times = '0'] = argv

const writer = await openConfigurationWriter(dataFolder)
const author = { actor: name, address: '', source: 'command' } as const

function randomWrites(): EntityWrite[] {
  const first = randomInt(50)
  // Now and then many at once, so that a kill meets the middle of a long transaction too.
  const count = randomInt(10) === 0 ? 200 : 1 + randomInt(3)
  const writes: EntityWrite[] = []
  for (let index = first; index < first + count; index++) {
    const id = `${name}${index}`
    const gone = randomInt(4) === 0
    const user = { kind: 'user', id } as const
    const device = { kind: 'device', id } as const
    const names = { userName: id, firstName: `First ${randomInt(1000)}`, lastName: 'Last', email: `${id}@example.com` }
    writes.push({ ...user, body: gone ? null : { id, ...names, site: 'office' } })
    const password = `secret-${randomInt(1_000_000)}`
    writes.push({ ...device, body: gone ? null : { id, user: id, sipUserName: id, password } })
  }
  return writes
}

for (let count = 0; Number(times) === 0 || count < Number(times); ) {
  const result = await writer.writeWith((configuration) => {
    // Deleting what is not there is a mistake.
    return randomWrites().filter(
      ({ kind, id = '', body }) => body !== null || configuration.get(kind, id) !== undefined,
    )
  }, author)
  if (!result.ok) throw new Error(JSON.stringify(result))
  if (result.changes.length > 0) count++
  process.stdout.write(`${result.revision}\n`)
}
await writer.close()
