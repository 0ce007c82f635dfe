import t from 'tap'
import { originCheck } from './origins.ts'

const isOwnHost = (host: string) => ['192.0.2.1', '[::1]', 'localhost', 'pbx.example'].includes(host)

t.test('without a list pages of this server may connect, whatever their port, and programs', async (t) => {
  const allows = originCheck([], isOwnHost)
  for (const origin of [undefined, 'http://192.0.2.1:8080', 'https://PBX.example', 'http://[::1]:3000']) {
    t.ok(allows(origin), origin ?? 'none')
  }
  for (const origin of ['https://evil.example', 'null', 'file://', '', 'https://pbx.example.evil.example']) {
    t.notOk(allows(origin), origin)
  }
})

t.test('a list says it all', async (t) => {
  const allows = originCheck(['https://Phone.example:8443'], isOwnHost)
  t.ok(allows('https://phone.example:8443'))
  t.ok(allows(undefined))
  t.notOk(allows('https://phone.example'))
  t.notOk(allows('http://192.0.2.1'))
  t.ok(originCheck(['*'], () => false)('https://anywhere.example'))
})
