/** A few hundred of the conversations of `npm run fuzz`. */
import t from 'tap'
import { Conversation } from './conversation.ts'

t.setTimeout(120_000)

t.test('good conversations leave nothing behind', async (t) => {
  for (let seed = 1; seed <= 100; seed++) {
    const conversation = new Conversation(seed, 0)
    conversation.run()
    t.equal(conversation.mutants, 0)
  }
})

t.test('spoilt messages make the server neither throw, nor send what is malformed, nor keep anything', async (t) => {
  let mutants = 0
  for (let seed = 1; seed <= 500; seed++) {
    const conversation = new Conversation(seed, 0.3)
    try {
      conversation.run()
    } catch (error) {
      t.fail(`seed ${seed}: ${error}; the last message was ${JSON.stringify(conversation.last)}`)
    }
    mutants += conversation.mutants
  }
  t.ok(mutants > 500, `${mutants} messages were spoilt`)
})

t.test('a conversation is the same again with the same seed', async (t) => {
  const [one, other] = [new Conversation(7, 0.5), new Conversation(7, 0.5)]
  one.run()
  other.run()
  t.equal(one.messages, other.messages)
  t.equal(one.last, other.last)
})
