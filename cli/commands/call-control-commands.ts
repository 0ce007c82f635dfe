/** `call`: orders about calls in progress at the running server. */
import type { Command } from 'commander'
import type { CallOrder } from '../../engine/control/protocol.ts'
import { fromEngine } from '../from-engine.ts'
import { print, printJson } from '../output.ts'
import type { CommandOptions } from '../setting-options.ts'
import { addSettings, placeSettings } from '../setting-options.ts'
import { UsageError } from '../usage-error.ts'

export function addCallControl(program: Command): void {
  const group = program
    .command('call')
    .helpGroup('Calls:')
    .description('make, hold, park, transfer and end calls of users')
  const add = (usage: string, description: string, orderOf: (words: readonly string[]) => CallOrder, done: string) => {
    const command = group.command(usage).description(description).option('--json', 'for programs')
    addSettings(command, placeSettings).action(async (...given: unknown[]) => {
      const words = given.filter((word): word is string => typeof word === 'string')
      const options = given.find((one) => typeof one === 'object' && one !== null) as CommandOptions
      const result = await fromEngine(options, (engine) => engine.callOrder(orderOf(words)))
      if (!result.done) throw new UsageError(`${result.why}: "ringdown calls" lists those in progress`)
      if (options['json'] === true) printJson(result.calls)
      else print(`${done}${result.calls.length === 0 ? ' (none)' : ` ${result.calls.join(', ')}`}`)
    })
  }
  add(
    'dial <USER> <NUMBER>',
    "ring a user's phones, and call somebody for him when he answers",
    ([user = '', to = '']) => ({ order: 'dial', user, to }),
    'Rings: call',
  )
  add(
    'hang-up <CALL>',
    'end a call on all sides; its id is from `ringdown calls`',
    ([call = '']) => ({ order: 'hangUp', call }),
    'Ended:',
  )
  add(
    'hold <CALL> <USER>',
    "put the other side of a user's call on hold",
    ([call = '', user = '']) => ({ order: 'hold', call, user }),
    'Being put on hold:',
  )
  add(
    'resume <CALL> <USER>',
    'let a user speak again with whom he has on hold',
    ([call = '', user = '']) => ({ order: 'resume', call, user }),
    'Being resumed:',
  )
  add(
    'park <CALL> <USER> [SLOT]',
    "let the other side of a user's call wait in a park slot: the one with this extension, or the first that is free",
    ([call = '', user = '', slot = '']) => ({ order: 'park', call, user, slot }),
    'Being parked:',
  )
  add(
    'fetch <USER> <SLOT>',
    "ring a user's phones, and give him who waits in the park slot with this extension when he answers",
    ([user = '', slot = '']) => ({ order: 'fetch', user, slot }),
    'Being fetched:',
  )
  add(
    'transfer <CALL> <USER> <NUMBER>',
    "hand the other side of a user's call on to somebody else",
    ([call = '', user = '', to = '']) => ({ order: 'transfer', call, user, to }),
    'Being transferred:',
  )
  add('end-all <USER>', 'end all calls of a user', ([user = '']) => ({ order: 'endAll', user }), 'Ended:')
}
