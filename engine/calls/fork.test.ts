import t from 'tap'
import type { Dialog } from '../sip/dialog.ts'
import { countingRandom, flowBy, RecordingNetwork } from '../sip/recording-network.ts'
import { TransactionLayer } from '../sip/transaction/layer.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { Fork } from './fork.ts'
import type { CallServices } from './services.ts'

t.test('an answer is acknowledged again and not hung up when it comes again, also without a To-tag', async (t) => {
  for (const to of ['<sip:b@b>;tag=2', '<sip:b@b>']) {
    const clock = new VirtualClock()
    const network = new RecordingNetwork(clock)
    const random = countingRandom()
    const nothing = () => {}
    const transactions = new TransactionLayer(network, clock, random, {
      inviteReceived: nothing,
      requestReceived: nothing,
      ackReceived: nothing,
      strayResponseReceived: nothing,
    })
    let byes = 0
    const services = { network, clock, random, transactions, obligations: { bye: () => byes++ } }
    let dialog: Dialog | null = null
    const owner = {
      id: 'call',
      forkProgressed: nothing,
      forkRepeated: nothing,
      forkRequests: nothing,
      soundTo: () => null,
      offerOtherwise: () => '',
      forkRenewed: nothing,
      forkRedirected: nothing,
      forkFailed: nothing,
      forkAnswered(fork: Fork, response: Parameters<Fork['responseReceived']>[0]) {
        dialog = fork.answeredDialog(response)
        fork.acknowledge(dialog, response.cseq, '', '')
      },
    }
    const flow = flowBy('UDP')
    const request = {
      method: 'INVITE',
      requestUri: 'sip:b@192.0.2.9',
      transport: flow.transport,
      sentBy: '192.0.2.1:5060',
      branch: 'z9hG4bKone',
      from: '<sip:a@b>;tag=1',
      to: '<sip:b@b>',
      callId: 'x',
      cseq: 1,
      route: '',
      maxForwards: 69,
      headers: '',
      body: '',
    }
    new Fork(services as unknown as CallServices, owner, null, 'told', request, flow, null, null).start()
    const via = 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKone'
    const lines = ['SIP/2.0 200 OK', via, 'From: <sip:a@b>;tag=1', `To: ${to}`, 'Call-ID: x', 'CSeq: 1 INVITE']
    const answer = `${lines.join('\r\n')}\r\n\r\n`
    network.take()
    transactions.receive(answer, flow)
    transactions.receive(answer, flow)
    t.not(dialog, null)
    t.same(
      network.take().map(({ text }) => text.slice(0, 3)),
      ['ACK', 'ACK'],
      to,
    )
    t.equal(byes, 0)
  }
})
