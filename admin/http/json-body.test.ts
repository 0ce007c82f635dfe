import t from 'tap'
import { parseJsonBody, textOfBody } from './json-body.ts'

t.test('reads JSON', (t) => {
  t.same(parseJsonBody('{"a":[1,"[[[{\\"",true,null]}'), { a: [1, '[[[{"', true, null] })
  t.same(parseJsonBody(' "\u{1f600}" '), '\u{1f600}')
  t.end()
})

t.test('refuses what could hurt, and never quotes it', (t) => {
  const refusals: readonly [string, RegExp][] = [
    ['', /empty/],
    ['   ', /empty/],
    ['{"password":"secret-word', /not JSON/],
    ['{"a":secret-word}', /not JSON/],
    [`${'['.repeat(33)}${']'.repeat(33)}`, /32 deep/],
    [`${'['.repeat(1_000_000)}`, /32 deep/],
    ['{"__proto__":{"admin":true}}', /__proto__/],
    ['{"a":{"\\u005f_proto__":1}}', /__proto__/],
    ['{"constructor":{"prototype":{}}}', /constructor/],
    ['{"name":"\\ud800"}', /surrogate/],
    ['{"\\ud800":1}', /surrogate/],
  ]
  for (const [text, words] of refusals) {
    t.throws(() => parseJsonBody(text), { message: words, statusCode: 400 }, text.slice(0, 30))
    try {
      parseJsonBody(text)
    } catch (error) {
      t.notMatch((error as Error).message, /secret-word/)
    }
  }
  t.equal(({} as Record<string, unknown>)['admin'], undefined)
  t.end()
})

t.test('only UTF-8 is text', (t) => {
  t.equal(textOfBody(Buffer.from('"Zoë 漢"')), '"Zoë 漢"')
  t.throws(() => textOfBody(Buffer.from('"Zoë"', 'latin1')), { message: /not UTF-8/, statusCode: 400 })
  t.end()
})
