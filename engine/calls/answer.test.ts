import t from 'tap'
import { flowBy, RecordingNetwork } from '../sip/recording-network.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { AnswerRetransmission } from './answer.ts'

function answered(transport: 'UDP' | 'TCP') {
  const clock = new VirtualClock()
  const network = new RecordingNetwork(clock)
  const told: number[] = []
  const repeated: number[] = []
  const owner = {
    answerNotAcknowledged: () => told.push(clock.now()),
    answerRepeated: () => repeated.push(clock.now()),
  }
  return {
    clock,
    network,
    told,
    repeated,
    answer: new AnswerRetransmission('200', 7, flowBy(transport), network, clock, owner),
  }
}

t.test(
  'RFC 3261 §13.3.1.4: a 2xx is sent again after 0.5, 1, 2, 4, 4, ... s on every transport, for 32 s',
  async (t) => {
    for (const transport of ['UDP', 'TCP'] as const) {
      const { clock, network, told, repeated, answer } = answered(transport)
      t.equal(answer.sequence, 7)
      clock.advance(100_000)
      const times = network.takeTimes()
      t.same(times, [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])
      t.same(repeated, times)
      t.same(told, [32_000])
      t.equal(clock.running, 0)
    }
  },
)

t.test('RFC 3261 §13.3.1.4: the ACK ends that', async (t) => {
  const { clock, network, told, answer } = answered('UDP')
  clock.advance(600)
  answer.stop()
  answer.stop()
  clock.advance(100_000)
  t.same(network.takeTimes(), [500])
  t.same(told, [])
})
