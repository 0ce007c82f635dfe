/**
 * `npm run rfc-coverage` writes docs/rfc-coverage.md from what the comments of the code and the tests cite: which part of
 * which RFC is dealt with in which file and shown by which test. scripts/rfc-coverage.test.mjs fails where something is
 * cited that has no row, or a row names a file that does not cite it (any more).
 *
 * Cited is written `RFC 6026 §7.1`, several as `RFC 3264 §5, §6 and §8`. A § that stands alone is of RFC 3261.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rfcTitles, sectionTitles } from './rfc-titles.mjs'

/** Rooms whose sources speak SIP or RTP. */
const sourceFolders = ['engine/sip', 'engine/registrar', 'engine/router', 'engine/calls', 'engine/net', 'media']
const testFolders = ['engine', 'media', 'test']
const page = 'docs/rfc-coverage.md'

const introduction = `# RFC coverage

Written by \`npm run rfc-coverage\` from the comments of the code; a test fails where a row is missing or wrong.

A row says which files deal with a part of an RFC and which tests cite it. Where none does, the tests that stand beside
those files are named *in italics*: they test the file, and need not test that part. What is not spoken yet stands at the
end of [sip.md](sip.md).
`

/** What a text cites: RFC number to the sections, '' for the RFC as a whole. */
export function citationsIn(text) {
  const found = []
  // A comment is one line then, and a citation is not torn.
  const joined = text.replace(/\r?\n[ \t]*(?:\*(?!\/)|\/\/)[ \t]*/g, ' ')
  let rfc = 3261
  let end = -1
  for (const match of joined.matchAll(/\bRFC (\d{3,5})\b|(?<!\bTS [\d.]+ )§(\d+(?:\.\d+)*)/g)) {
    const follows = /^(?:,|,? and|,? to|)\s*$/.test(joined.slice(end, match.index)) && end >= 0
    end = match.index + match[0].length
    if (match[1] !== undefined) {
      rfc = Number(match[1])
      // An RFC that a section follows is not cited as a whole.
      if (!/^\s*§/.test(joined.slice(end))) found.push({ rfc, section: '' })
    } else {
      if (!follows) rfc = 3261
      found.push({ rfc, section: match[2] })
    }
  }
  return found
}

function filesUnder(root, folders, wanted) {
  const paths = []
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder), { recursive: true })) {
      const path = `${folder}/${name.replaceAll('\\', '/')}`
      if (path.endsWith('.ts') && wanted(path)) paths.push(path)
    }
  }
  return paths.sort()
}

/** RFC number to section to the files and tests that cite it. `read` gives a file's text. */
export function coverage(sources, tests, read) {
  const rfcs = new Map()
  const rowOf = (rfc, section) => {
    const sections = rfcs.get(rfc) ?? new Map()
    rfcs.set(rfc, sections)
    const row = sections.get(section) ?? { files: new Set(), tests: new Set() }
    sections.set(section, row)
    return row
  }
  for (const path of sources)
    for (const { rfc, section } of citationsIn(read(path))) rowOf(rfc, section).files.add(path)
  for (const path of tests) {
    for (const { rfc, section } of citationsIn(read(path))) rfcs.get(rfc)?.get(section)?.tests.add(path)
  }
  return rfcs
}

function bySection(left, right) {
  const [one, other] = [left.split('.').map(Number), right.split('.').map(Number)]
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    if (one[i] !== other[i]) return (one[i] ?? -1) - (other[i] ?? -1)
  }
  return 0
}

function list(paths) {
  return [...paths].sort().join('<br>')
}

function testsOf(row, tests) {
  if (row.tests.size > 0) return list(row.tests)
  const beside = [...row.files].map((file) => file.replace(/\.ts$/, '.test.ts')).filter((path) => tests.includes(path))
  return beside.length === 0 ? '' : `*${list(beside)}*`
}

/** What the files under `root` cite, and the paths of all tests. */
export function coverageOf(root) {
  // The scenarios that SIPp plays stand in files of their own; one test plays them all.
  const isTest = (path) => path.endsWith('.test.ts') || path.startsWith('test/sip-scenarios/rows/')
  const sources = filesUnder(root, sourceFolders, (path) => !isTest(path))
  const tests = filesUnder(root, testFolders, isTest)
  return { rfcs: coverage(sources, tests, (path) => readFileSync(join(root, path), 'utf8')), tests }
}

/** The whole page. Throws where an RFC is cited whose title nobody wrote down. */
export function coveragePage({ rfcs, tests }) {
  let text = introduction
  for (const rfc of [...rfcs.keys()].sort((a, b) => a - b)) {
    const title = rfcTitles[rfc]
    if (title === undefined) throw new Error(`RFC ${rfc} has no title yet: write it into scripts/rfc-titles.mjs`)
    text += `\n## RFC ${rfc}: ${title}\n\n| § | what | files | tests |\n|---|---|---|---|\n`
    const sections = rfcs.get(rfc)
    for (const section of [...sections.keys()].sort(bySection)) {
      const row = sections.get(section)
      const what = sectionTitles[rfc]?.[section] ?? ''
      text += `| ${section || 'all'} | ${what} | ${list(row.files)} | ${testsOf(row, tests)} |\n`
    }
  }
  return text
}

/** Where a page differs from what is cited, one line each. */
export function faultsOf(text, { rfcs, tests }) {
  const faults = []
  const rows = new Set()
  let rfc = 0
  for (const line of text.split('\n')) {
    rfc = Number(/^## RFC (\d+):/.exec(line)?.[1] ?? rfc)
    const [, section, , files, shown] = /^\| (all|[\d.]+) \| (.*) \| (.*) \| (.*) \|$/.exec(line) ?? []
    if (section === undefined) continue
    const name = section === 'all' ? `RFC ${rfc}` : `RFC ${rfc} §${section}`
    const row = rfcs.get(rfc)?.get(section === 'all' ? '' : section)
    rows.add(name)
    const paths = (cell) =>
      cell
        .replace(/^\*|\*$/g, '')
        .split('<br>')
        .filter((path) => path !== '')
    for (const path of paths(files)) if (!row?.files.has(path)) faults.push(`${path} does not cite ${name}`)
    for (const path of paths(shown)) {
      const holds = shown.startsWith('*') ? tests.includes(path) : row?.tests.has(path)
      if (!holds) faults.push(`${path} does not test ${name}`)
    }
  }
  for (const [number, sections] of rfcs) {
    for (const [section, { files }] of sections) {
      const name = section === '' ? `RFC ${number}` : `RFC ${number} §${section}`
      if (!rows.has(name)) faults.push(`${name} has no row, and is cited in ${[...files].join(', ')}`)
    }
  }
  return faults
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  writeFileSync(join(root, page), coveragePage(coverageOf(root)))
  console.log(`Wrote ${page}`)
}
