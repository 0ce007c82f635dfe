import t from 'tap'
import { hostCheck, isLoopback } from './hosts.ts'

t.test('on loopback only names of loopback are answered', (t) => {
  const answered = hostCheck(['127.0.0.1', '::1'])
  for (const host of [
    'localhost',
    'localhost:8080',
    'LOCALHOST:1',
    '127.0.0.1:8080',
    '127.1.2.3',
    '[::1]:8080',
    '[::1]',
  ]) {
    t.equal(answered(host), true, host)
  }
  for (const host of [
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:8080',
    '10.0.0.1',
    '',
    '[::2]:1',
    '127.evil',
  ]) {
    t.equal(answered(host), false, host)
  }
  t.equal(answered(undefined), false)
  t.end()
})

t.test('elsewhere every name is', (t) => {
  const answered = hostCheck(['127.0.0.1', '192.0.2.1'])
  t.equal(answered('pbx.example.com'), true)
  t.equal(answered(undefined), false)
  t.equal(isLoopback('0.0.0.0'), false)
  t.end()
})
