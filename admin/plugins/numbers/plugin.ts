import Type from 'typebox'
import { changeAnswers, commit, notYetInForce, tellCommitted } from '../../http/changes.ts'
import { carryOutOnce, IdempotencyHeaders } from '../../http/idempotency.ts'
import { operation } from '../../http/operation.ts'
import { invalid } from '../../http/problems.ts'
import type { AdminPlugin } from '../../plugin.ts'
import type { Holder } from './exchange.ts'
import { exchangeOfNumbers, holderKinds } from './exchange.ts'

const HolderSchema = Type.Object(
  Object.fromEntries(
    holderKinds.map((kind) => [kind, Type.Optional(Type.String({ maxLength: 200, description: `Id of a ${kind}` }))]),
  ),
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    title: 'NumberHolder',
    description: 'Write one of them, as a phone number names who has it',
    examples: [{ user: 'anna' }],
  },
)

interface ExchangeBody {
  one: Holder
  other: Holder
}

/** What is done with phone numbers beyond changing one of them. */
export const plugin: AdminPlugin = {
  name: 'numbers',
  permissions: [{ name: 'numbers.exchange', description: 'Let two users or services exchange their phone numbers' }],
  register(app, services) {
    app.post<{ Body: ExchangeBody }>('/v1/phone-numbers/exchange', {
      config: { permission: 'numbers.exchange' },
      schema: operation({
        id: 'exchangePhoneNumbers',
        tag: 'phone-numbers',
        summary: 'Let two users or services exchange their phone numbers, in one step',
        description:
          'All numbers of the one become those of the other. A user gets the primary number that the other had chosen, ' +
          'if he had.',
        headers: IdempotencyHeaders,
        body: Type.Object(
          { one: HolderSchema, other: HolderSchema },
          { additionalProperties: false, description: 'Write one and other' },
        ),
        answers: changeAnswers(
          200,
          'Exchanged',
          Type.Object(
            { numbers: Type.Array(Type.String({ examples: ['+442079460101'] }), { description: 'Those exchanged' }) },
            { title: 'ExchangedNumbers' },
          ),
        ),
        refusals: [409],
      }),
      handler: (request, reply) => {
        const { one, other } = request.body
        let numbers: readonly string[] = []
        const exchange = () =>
          commit(services, request, (configuration) => {
            const made = exchangeOfNumbers(configuration, one, other)
            if (!made.ok) throw invalid([made.problem])
            numbers = made.numbers
            return made.writes
          })
        return carryOutOnce(services, request, reply, exchange, async (kept) => {
          if (tellCommitted(reply, kept, 200) === 202) return notYetInForce(kept)
          return { numbers }
        })
      },
    })
  },
}
