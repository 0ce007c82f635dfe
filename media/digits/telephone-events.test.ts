import t from 'tap'
import { TelephoneEvents } from './telephone-events.ts'

class Line {
  readonly #events = new TelephoneEvents()
  heard = ''
  send(
    digit: number,
    timestamp: number,
    duration: number,
    at: number,
    flags: { end?: boolean; marker?: boolean } = {},
  ) {
    const bytes = Buffer.from([digit, flags.end === true ? 0x8a : 0x0a, duration >> 8, duration & 0xff])
    this.heard += this.#events.packet(bytes, 0, 4, timestamp, flags.marker === true, at)
  }
  short(): string {
    return this.#events.packet(Buffer.from([1, 2, 3]), 0, 3, 0, true, 0)
  }
}

t.test('one press is one digit, however many packets tell of it (RFC 4733 §2.5)', async (t) => {
  const line = new Line()
  line.send(5, 1000, 160, 0, { marker: true })
  line.send(5, 1000, 320, 20)
  for (let copy = 0; copy < 3; copy++) line.send(5, 1000, 800, 100, { end: true })
  t.equal(line.heard, '5')
  line.send(5, 3000, 160, 300, { marker: true })
  t.equal(line.heard, '55', 'the same again')
  line.send(11, 9000, 160, 900, { marker: true })
  t.equal(line.heard, '55#')
})

t.test('the beginning is lost, the end is lost', async (t) => {
  const line = new Line()
  line.send(1, 1000, 800, 100, { end: true })
  line.send(2, 3000, 160, 300, { marker: true })
  line.send(2, 5000, 160, 500)
  t.equal(line.heard, '122')
})

t.test('a press longer than its duration can say is one (§2.5.1.3)', async (t) => {
  const line = new Line()
  line.send(9, 1000, 0xffff, 0, { marker: true })
  line.send(9, 1000 + 0xffff, 160, 20)
  line.send(9, 1000 + 0xffff, 320, 40, { end: true })
  t.equal(line.heard, '9')
})

t.test('late packets of the press before tell nothing new', async (t) => {
  const line = new Line()
  line.send(1, 1000, 800, 100, { end: true })
  line.send(2, 3000, 160, 110, { marker: true })
  line.send(1, 1000, 800, 112, { end: true })
  line.send(2, 3000, 320, 120)
  t.equal(line.heard, '12')
})

t.test('events that are no keys, and packets that are too short', async (t) => {
  const line = new Line()
  line.send(16, 1000, 160, 0, { marker: true })
  line.send(200, 5000, 160, 600, { marker: true })
  t.equal(line.heard, '')
  t.equal(line.short(), '')
})
