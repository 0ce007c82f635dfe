import t from 'tap'
import { weaknessOfPin } from './pin-checks.ts'

t.test('a PIN is six digits or more that nobody guesses first', async (t) => {
  for (const pin of ['271828', '112233', '1234567654321', '98765432100']) t.equal(weaknessOfPin(pin, '2001'), '', pin)
  for (const pin of ['12345', '', '12345a', '１２３４５６', '271 828']) {
    t.equal(weaknessOfPin(pin, undefined), 'a PIN has 6 digits or more and nothing else', pin)
  }
  for (const pin of ['111111', '00000000']) t.equal(weaknessOfPin(pin, undefined), 'all digits are the same', pin)
  for (const pin of ['123456', '654321', '3456789']) {
    t.equal(weaknessOfPin(pin, undefined), 'the digits only run up or down', pin)
  }
  t.equal(weaknessOfPin('200117', '200117'), 'this is the extension')
})
