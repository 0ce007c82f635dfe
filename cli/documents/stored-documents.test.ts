import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../engine/config/store/open-store.ts'
import { ApiClient } from '../client/api-client.ts'
import { RequestRefusedError } from '../client/api-error.ts'
import { emptyCompany } from '../first-start.ts'
import type { ApplyRequest } from './document-place.ts'
import { changeOf, ServerDocuments } from './server-documents.ts'
import { StoredDocuments } from './stored-documents.ts'

const request: ApplyRequest = {
  text: emptyCompany.text,
  fileName: 'company.yaml',
  dryRun: false,
  prune: false,
  expectedRevision: null,
}

t.test('documents are applied to what is stored and exported from it', async (t) => {
  const folder = join(t.testdir(), 'data')
  const documents = new StoredDocuments(folder)
  await t.rejects(documents.export('yaml'), { message: /There is no configuration/ })
  await t.rejects(documents.apply({ ...request, dryRun: true }), { message: /There is no configuration/ })
  t.notOk(existsSync(folder), 'looking makes nothing')

  t.match(await documents.apply(request), { revision: 1, inForce: null, changesInAll: 2 })
  t.match(await documents.export('yaml'), /name: My Company/)
  t.match(JSON.parse(await documents.export('json')), { account: { name: 'My Company' } })
  t.match(await documents.apply({ ...request, text: await documents.export('yaml'), prune: true }), { changesInAll: 0 })
  const renamed = emptyCompany.text.replace('My Company', 'Ours')
  t.match(await documents.apply({ ...request, text: renamed, dryRun: true }), { revision: 1, changesInAll: 1 })
  t.match(await documents.apply({ ...request, text: renamed }), { revision: 2, changesInAll: 1 })
  const store = await openStore(folder, { readOnly: true })
  t.match(await store.revisions.get(2), { source: 'command' })
  await store.close()
})

t.test('refusals are like those of the API', async (t) => {
  const documents = new StoredDocuments(join(t.testdir(), 'data'))
  await documents.apply(request)
  const refused = async (changes: Partial<ApplyRequest>) => {
    const error = await documents.apply({ ...request, ...changes }).catch((reason: unknown) => reason)
    if (!(error instanceof RequestRefusedError)) throw new Error('it was not refused')
    return error
  }
  t.match(await refused({ text: emptyCompany.text.replace('GB', 'Britain') }), {
    status: 422,
    problem: { problems: [{ path: 'pbxs[0].country', value: 'Britain' }] },
  })
  t.equal((await refused({ text: `${emptyCompany.text}users: []\n`, expectedRevision: 7 })).status, 412)
})

t.test('of a secret that changed, before and after only differ', async (t) => {
  const change = { kind: 'device', id: 'desk', before: { user: 'anna' }, after: { user: 'anna' } }
  const { before, after } = changeOf({ ...change, secretsChanged: ['password'] })
  t.not(before?.['password'], after?.['password'])
  t.same(changeOf({ ...change, before: null, secretsChanged: [] }).before, null)
})

t.test('a document that no server takes is not sent', async (t) => {
  const nobody = {
    url: new URL('http://127.0.0.1:1'),
    token: () => '',
    renewsToken: false,
    certificate: '',
    advice: '',
  }
  const documents = new ServerDocuments(new ApiClient(nobody))
  const text = '\u00e9'.repeat(32 * 1024 * 1024 + 1)
  await t.rejects(documents.apply({ ...request, text }), {
    message: 'company.yaml has 67108866 bytes: keep it under 67108864, in several documents',
  })
})
