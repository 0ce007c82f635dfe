import t from 'tap'
import { problemsWith } from './acme.test.ts'

const file = { id: 'hello', name: 'Hello', note: 'Spoken by Anna', format: 'wav', file: 'hello.wav' }

t.test('an audio file names a stored sound, never a path', async (t) => {
  t.same(problemsWith({ audioFiles: [file, { id: 'later', name: 'Recorded later' }] }), [])
  for (const path of ['../secret', '/etc/passwd', 'a/b', '.hidden', 'a\\b']) {
    t.same(problemsWith({ audioFiles: [{ ...file, file: path }] }), [
      'audioFiles[0].file: this is not in the expected form',
    ])
  }
  t.same(problemsWith({ audioFiles: [{ id: 'hello', name: 'Hello', file: 'hello.wav' }] }), [
    'audioFiles[0].format: there is a file, but not in which format',
  ])
  t.same(problemsWith({ audioFiles: [{ id: 'hello', name: 'Hello', sha256: 'a'.repeat(64) }] }), [
    'audioFiles[0].sha256: there is no file of which this is the sum',
  ])
})

t.test('a stored sound belongs to one audio file', async (t) => {
  const problems = problemsWith({ audioFiles: [file, { ...file, id: 'again', name: 'Again' }] })
  t.match(problems, [/^audioFiles\[1\]\.file: this file is already taken by audio file hello/])
})
