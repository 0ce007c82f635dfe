/**
 * Checks the borders between the rooms of the house: who may import whom, by the table below (docs/architecture.md
 * says why). What is not allowed here is an error; `npm run lint` runs it after Biome, which bans clocks, timers and
 * chance in the core. Imports are resolved to real files, so no spelling of a path gets round the table.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ANY = 'any'
const TYPES = 'types'
/** What the core may use of Node: pure functions. Random bytes are handed in. */
const hashing = { 'node:crypto': ['createHash', 'createHmac', 'hash', 'timingSafeEqual'] }

/**
 * One line a room. `rooms`: other rooms it may import, wholly (ANY), only with `import type` (TYPES), or besides
 * types by name with the only exports allowed.
 * `builtin`: Node's modules it may import: ANY, or by name with the only exports allowed. `packages`: from npm.
 * `computed`: the files that may import a module whose name is known only at run time.
 * The first line whose `folder` holds the file counts. Unit tests keep the same borders, but may use the rooms they see,
 * wholly (to make what they are given) and any of Node's modules.
 */
const rooms = [
  // Native code and its binding. The command `doctor` asks whether it is there.
  { folder: 'engine/net/batching-socket', rooms: {}, builtin: ANY, packages: [] },
  // Native code that keeps the heap together and in huge pages. The command `doctor` asks whether it is there.
  { folder: 'engine/huge-pages', rooms: {}, builtin: ANY, packages: [] },
  // Reads and judges certificate files. The commands `serve` and `doctor` ask before an engine does.
  { folder: 'engine/net/certificates', rooms: {}, builtin: ANY, packages: [] },
  {
    folder: 'engine/net',
    rooms: {
      'engine/net/batching-socket': ANY,
      'engine/net/certificates': ANY,
      'engine/sip': ['bracketed', 'defaultPort'],
    },
    builtin: ANY,
    packages: ['pino', 'ws'],
  },
  { folder: 'engine/sip', rooms: {}, builtin: hashing, packages: [] },
  // Session descriptions: a small library, as general as sip.
  { folder: 'engine/sdp', rooms: {}, builtin: {}, packages: [] },
  // Numbers are looked up by the keys under which the compiler lays them out.
  {
    folder: 'engine/router',
    rooms: { 'engine/config': ['numberKey', 'beginningKey', 'digitsOfKey', 'leadingDigits', 'placeOfKey'] },
    builtin: {},
    packages: [],
  },
  {
    folder: 'engine/calls',
    rooms: {
      'engine/sip': ANY,
      'engine/sdp': ANY,
      'engine/router': ANY,
      'engine/registrar': ANY,
      'engine/trunks': ANY,
      'engine/lamps': ANY,
      'engine/config': TYPES,
      'engine/records': TYPES,
      // What is said to media processes; whoever says it is handed in.
      media: TYPES,
      'media/recording': TYPES,
      'media/announcements': TYPES,
    },
    builtin: {},
    packages: [],
  },
  // What phones watch. Calls tell it what changes; it does not know them. Who has an extension is the router's to say.
  {
    folder: 'engine/lamps',
    rooms: {
      'engine/sip': ANY,
      'engine/registrar': ANY,
      'engine/router': ['holderOfDialCode', 'holderOfExtension', 'holderOfUniqueExtension', 'parkSlotOf'],
      'engine/config': TYPES,
      'engine/records': TYPES,
    },
    builtin: {},
    packages: [],
  },
  // Before the parser: it looks into the text of messages itself, and asks others what it has to know.
  { folder: 'engine/gate', rooms: { 'engine/sip': TYPES }, builtin: {}, packages: [] },
  // Where carriers are, whether they are there, and our registrations with them.
  {
    folder: 'engine/trunks',
    rooms: { 'engine/sip': ANY, 'engine/router': TYPES, 'engine/config': TYPES, 'engine/records': TYPES },
    builtin: {},
    packages: [],
  },
  {
    folder: 'engine/registrar',
    rooms: { 'engine/sip': ANY, 'engine/config': TYPES, 'engine/records': TYPES },
    builtin: hashing,
    packages: [],
  },
  // Which package gives SQLite to this Node.js.
  { folder: 'engine/sqlite', rooms: {}, builtin: { 'node:module': ['createRequire'] }, packages: ['better-sqlite3'] },
  { folder: 'engine/config', rooms: { 'engine/sqlite': ANY }, builtin: ANY, packages: ['kysely', 'typebox', 'yaml'] },
  { folder: 'engine/records', rooms: { 'engine/sqlite': ANY }, builtin: ANY, packages: ['pino', 'kysely'] },
  {
    folder: 'engine/control',
    rooms: {
      'engine/calls': TYPES,
      'engine/lamps': TYPES,
      'engine/registrar': TYPES,
      'engine/router': TYPES,
      'engine/trunks': TYPES,
      'engine/ladder': TYPES,
      'engine/config': TYPES,
      media: TYPES,
    },
    builtin: ANY,
    packages: ['pino'],
  },
  // The engine's end of what it says to media processes: their socket, their ports, what they are told.
  {
    folder: 'engine/media-client',
    rooms: {
      'engine/calls': TYPES,
      'engine/sip': TYPES,
      'engine/control': ['FrameReader', 'frame', 'UnixSocket', 'mediaSocketName'],
      media: TYPES,
    },
    builtin: ANY,
    packages: [],
  },
  // Keeps the newest messages and reads them back.
  { folder: 'engine/ladder', rooms: { 'engine/sip': TYPES, 'engine/sdp': ANY }, builtin: ANY, packages: [] },
  // Looks through a whole configuration; documents are looked through by `ringdown check`, the store by the admin process.
  { folder: 'engine/lint', rooms: { 'engine/config': ANY, 'engine/router': ANY }, builtin: {}, packages: [] },
  // The composition root: files that stand directly in engine/ put the rooms together.
  {
    folder: 'engine',
    rooms: {
      'engine/huge-pages': ANY,
      'engine/net': ANY,
      'engine/sip': ANY,
      'engine/router': ANY,
      'engine/calls': ANY,
      'engine/gate': ANY,
      'engine/registrar': ANY,
      'engine/trunks': ANY,
      'engine/lamps': ANY,
      'engine/config': ANY,
      'engine/records': ANY,
      'engine/ladder': ANY,
      'engine/control': ANY,
      'engine/media-client': ANY,
      // What can be said: calls are handed the files' names.
      'media/announcements': ANY,
      media: TYPES,
    },
    builtin: ANY,
    packages: ['pino'],
  },
  // Forms of sound: codecs, headers, readers. Admin reads what is uploaded, media what it plays.
  { folder: 'media/sound', rooms: {}, builtin: ANY, packages: [] },
  // Recordings from packets to files, and back from files for whoever plays them.
  { folder: 'media/recording', rooms: { 'media/sound': ANY, media: TYPES }, builtin: ANY, packages: [] },
  // What is said to callers: tones, the prompts that come with Ringdown, and sentences made of them.
  { folder: 'media/announcements', rooms: { 'media/sound': ANY, media: TYPES }, builtin: ANY, packages: [] },
  // Moves sound in a process of its own: it knows frames, its log and where its socket is, and nothing of SIP or users.
  {
    folder: 'media',
    rooms: {
      'media/sound': ANY,
      'media/recording': ANY,
      'media/announcements': ANY,
      'engine/net/batching-socket': ANY,
      'engine/control': [
        'FrameReader',
        'frame',
        'openLog',
        'socketPath',
        'mediaSocketName',
        'isKeptOrder',
        'largestFrame',
      ],
    },
    builtin: ANY,
    packages: ['pino'],
  },
  { folder: 'supervisor', rooms: { 'engine/control': ANY }, builtin: ANY, packages: ['pino'] },
  // The command line resets passwords while no server runs.
  {
    folder: 'admin/sign-in',
    rooms: { admin: ANY, 'engine/config': ANY },
    builtin: ANY,
    packages: ['argon2', 'fastify', 'pino'],
  },
  // The catalogue of recordings and what becomes of them: kept, compressed, archived, deleted.
  {
    folder: 'admin/recordings',
    rooms: { 'engine/sqlite': ANY, 'media/sound': ANY, 'media/recording': ANY },
    builtin: ANY,
    packages: ['kysely', 'pino'],
  },
  {
    folder: 'admin',
    rooms: {
      'admin/recordings': ANY,
      'admin/sign-in': ANY,
      'engine/config': ANY,
      'engine/router': ANY,
      'engine/lint': ANY,
      'engine/control': ANY,
      'engine/records': ANY,
      'media/sound': ANY,
      'media/recording': ANY,
      'media/announcements': ANY,
    },
    builtin: ANY,
    packages: [
      '@fastify/rate-limit',
      '@fastify/swagger',
      '@fastify/swagger-ui',
      'argon2',
      'csv-stringify',
      'fastify',
      'pino',
      'prom-client',
      'typebox',
      'yaml',
    ],
    // Plugins that somebody else wrote are named by a setting.
    computed: ['admin/third-party-plugins.ts'],
  },
  {
    folder: 'cli',
    rooms: {
      'admin/sign-in': ANY,
      'engine/records': ANY,
      'engine/config': ANY,
      'engine/router': ANY,
      'engine/lint': ANY,
      'engine/ladder': ['addressBytes'],
      'engine/control': ANY,
      'engine/huge-pages': ANY,
      'engine/net/batching-socket': ANY,
      'engine/net/certificates': ANY,
      'engine/gate': ['usualScanners'],
      load: ANY,
      supervisor: ANY,
    },
    builtin: ANY,
    packages: ['commander', 'pino', 'yaml'],
  },
  // What load testers need. SIPp does the calls; the server is reached from outside only.
  { folder: 'load', rooms: { 'engine/config': TYPES }, builtin: ANY, packages: [] },
  { folder: 'test', rooms: ANY, builtin: ANY, packages: ANY },
  { folder: 'bench', rooms: ANY, builtin: ANY, packages: ANY },
]

const testPackages = ['fast-check', 'tap']

function roomOf(path) {
  return rooms.find((room) => path.startsWith(`${room.folder}/`))
}

/** Every import and re-export of a source text: specifier, whether it is of types only, names in braces, and line. */
function importsOf(text) {
  const found = []
  const statement = /^[ \t]*(?:import|export)\b(\s+type\b)?([^'";()]*?)\bfrom\s*(['"])([^'"\n]+)\3/gm
  for (const match of text.matchAll(statement)) {
    const braces = /\{([^}]*)\}/.exec(match[2])
    const names = braces
      ? braces[1]
          .split(',')
          .map((name) => name.trim().split(/\s+as\s+/)[0])
          .filter((name) => name !== '')
      : ['*']
    found.push({ specifier: match[4], typeOnly: match[1] !== undefined, names, index: match.index })
  }
  for (const match of text.matchAll(/^[ \t]*import\s*(['"])([^'"\n]+)\1/gm)) {
    found.push({ specifier: match[2], typeOnly: false, names: ['*'], index: match.index })
  }
  for (const match of text.matchAll(/\bimport\s*\(\s*([^)]*)\)/g)) {
    const literal = /^(['"])([^'"]+)\1/.exec(match[1])
    found.push({ specifier: literal ? literal[2] : null, typeOnly: false, names: ['*'], index: match.index })
  }
  return found.map((entry) => ({ ...entry, line: text.slice(0, entry.index).split('\n').length }))
}

/** What is wrong with one import of a file of `room`, or `null`. */
function fault(path, room, entry, isTest) {
  const { specifier, typeOnly, names } = entry
  if (specifier === null) {
    const allowed = room.rooms === ANY || isTest || room.computed?.includes(path)
    return allowed ? null : 'imports a module whose name is computed: nobody can check it'
  }
  if (specifier.startsWith('.')) {
    const target = relative('.', resolve(dirname(path), specifier)).replaceAll('\\', '/')
    const other = roomOf(target)
    if (other === room || room.rooms === ANY) return null
    if (other === undefined) return isTest ? null : `imports ${target}, which stands in no room`
    const allowed = room.rooms[other.folder]
    if (allowed === ANY || (allowed === TYPES && (typeOnly || isTest))) return null
    if (Array.isArray(allowed)) {
      const banned = typeOnly || isTest ? [] : names.filter((name) => !allowed.includes(name))
      return banned.length === 0 ? null : `may not use ${banned.join(', ')} of ${other.folder}`
    }
    if (allowed === TYPES) return `may import only types of ${other.folder} (write "import type")`
    return `may not import ${other.folder}`
  }
  if (specifier.startsWith('node:')) {
    if (room.builtin === ANY || isTest || typeOnly) return null
    const exports = room.builtin[specifier]
    if (exports === undefined) return `may not import ${specifier}: ports are handed in`
    const banned = names.filter((name) => !exports.includes(name))
    return banned.length === 0 ? null : `may not use ${banned.join(', ')} of ${specifier}`
  }
  const parts = specifier.split('/')
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
  if (room.packages === ANY || room.packages.includes(name) || (isTest && testPackages.includes(name))) return null
  return `may not use the package ${name}`
}

/**
 * Faults of one source text, one line each, as `path:line: room ...`.
 * `path` is relative to the repository with forward slashes.
 */
export function checkSource(path, text) {
  const room = roomOf(path)
  if (room === undefined) return [`${path}:1: stands in no room`]
  const faults = []
  const isTest = path.endsWith('.test.ts')
  for (const entry of importsOf(text)) {
    const words = fault(path, room, entry, isTest)
    if (words !== null) faults.push(`${path}:${entry.line}: ${room.folder} ${words}`)
  }
  return faults
}

/** Faults of every TypeScript file under `root`. */
export function checkTree(root) {
  const faults = []
  let files = 0
  for (const top of new Set(rooms.map((room) => room.folder.split('/')[0]))) {
    let names
    try {
      names = readdirSync(join(root, top), { recursive: true })
    } catch (error) {
      if (error.code === 'ENOENT') continue
      throw error
    }
    for (const name of names) {
      if (!name.endsWith('.ts')) continue
      const path = `${top}/${name.replaceAll('\\', '/')}`
      files += 1
      faults.push(...checkSource(path, readFileSync(join(root, path), 'utf8')))
    }
  }
  return { files, faults }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { files, faults } = checkTree(fileURLToPath(new URL('..', import.meta.url)))
  for (const line of faults) console.error(line)
  console.log(`borders: ${files} files checked, ${faults.length} faults`)
  if (faults.length > 0 || files === 0) process.exitCode = 1
}
