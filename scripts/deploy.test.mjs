/** What can be checked of deploy/ without a running systemd and without a container engine. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (name) => readFileSync(join(root, name), 'utf8')
/** Where the files expect Ringdown. */
const home = '/opt/ringdown'

/** Directives of a unit file: section, name, value. */
function directives(text) {
  let section = ''
  return text.split('\n').flatMap((line) => {
    if (line === '' || line.startsWith('#')) return []
    const heading = /^\[(\w+)\]$/.exec(line)
    if (heading) {
      section = heading[1]
      return []
    }
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [null, `not understood: ${line}`, '']
    return [{ section, name, value }]
  })
}

/** The source of a compiled file. */
function sourceOf(compiled) {
  return compiled.replace(`${home}/dist/`, '').replace(/\.js$/, '.ts')
}

t.test('the units name what there is', async (t) => {
  const service = directives(read('deploy/ringdown.service'))
  const socket = directives(read('deploy/ringdown.socket'))
  for (const { name } of [...service, ...socket]) t.match(name, /^[A-Z][A-Za-z]*$/)
  const of = (unit, name) => unit.filter((entry) => entry.name === name).map(({ value }) => value)
  const [start] = of(service, 'ExecStart')
  const [, program, command] = start.split(' ')
  t.ok(existsSync(join(root, sourceOf(program))), program)
  t.equal(command, 'serve')
  const settings = read('cli/settings.ts')
  for (const value of of(service, 'Environment')) {
    const setting = value.split('=')[0].replace('RINGDOWN_', '').toLowerCase().replaceAll('_', '-')
    t.match(settings, new RegExp(`^ {2}'?${setting}'?: setting\\(`, 'm'), setting)
  }
  t.same(of(socket, 'ListenDatagram'), of(socket, 'ListenStream'), 'SIP is on UDP and TCP')
  t.same(of(socket, 'Service'), ['ringdown.service'])
  const bind = of(service, 'Environment').find((value) => value.startsWith('RINGDOWN_BIND='))
  t.equal(`${bind.split('=')[1]}:5060`, of(socket, 'ListenDatagram')[0], 'the service knows where its sockets listen')
})

t.test('the service of one of several accounts differs only in where its data and sockets are', async (t) => {
  const [one, several] = ['ringdown.service', 'ringdown@.service'].map((name) => directives(read(`deploy/${name}`)))
  const own = new Set(['Description', 'After', 'Requires', 'Environment', 'StateDirectory'])
  const rest = (unit) => unit.filter(({ name }) => !own.has(name))
  t.same(rest(several), rest(one))
  const of = (name) => several.filter((entry) => entry.name === name).map(({ value }) => value)
  t.same(of('StateDirectory'), ['ringdown/%i'])
  t.same(of('Environment'), ['RINGDOWN_DATA=/var/lib/ringdown/%i', 'RINGDOWN_LOG_FORMAT=json'])
})

t.test('systemd finds nothing wrong', async (t) => {
  const found = spawnSync('systemd-analyze', ['--version'], { stdio: 'ignore' })
  if (found.error) {
    t.skip('there is no systemd-analyze')
    return
  }
  const folder = t.testdir()
  const program = join(folder, 'main.js')
  writeFileSync(program, '')
  mkdirSync(join(folder, 'units'))
  const names = ['ringdown.service', 'ringdown.socket', 'ringdown@.service']
  for (const name of names) {
    // Programs where they are on this machine.
    const text = read(`deploy/${name}`)
      .replace('/usr/bin/node', process.execPath)
      .replace('/bin/kill', process.execPath)
    writeFileSync(join(folder, 'units', name.replace('@', '@acme')), text)
  }
  const units = names.map((name) => join(folder, 'units', name.replace('@', '@acme')))
  const result = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' })
  const about = result.stderr.split('\n').filter((line) => line.includes('ringdown'))
  t.same(about, [], result.stderr)
})

t.test('the container file copies and starts what there is', async (t) => {
  const text = read('deploy/Containerfile').replaceAll('\\\n', ' ')
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const of = (name) => lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  for (const image of of('FROM')) t.match(image, /^node:\d+(-slim)?( AS \w+)?$/)
  const { scripts } = JSON.parse(read('package.json'))
  for (const [, script] of of('RUN')
    .join(' ')
    .matchAll(/npm run ([\w-]+)/g))
    t.ok(scripts[script], script)
  for (const copy of of('COPY')) {
    const words = copy.split(' ').filter((word) => !word.startsWith('--chmod'))
    const fromBuild = words[0] === '--from=build'
    for (const source of words.slice(fromBuild ? 1 : 0, -1)) {
      const path = fromBuild ? source.replace(`${home}/`, '').replace('dist/', '') : source
      // What the build makes.
      if (path === 'build' || path === 'node_modules') continue
      t.ok(existsSync(join(root, path)), source)
    }
  }
  const [entry] = of('ENTRYPOINT').map((value) => JSON.parse(value))
  t.ok(existsSync(join(root, sourceOf(entry[1]))), entry[1])
  t.same(JSON.parse(of('CMD')[0])[0], 'serve')
  t.match(read('admin/plugins/health/plugin.ts'), /'\/healthz'/)
  t.match(of('HEALTHCHECK')[0], /\/healthz/)
  const user = lines.indexOf('USER node')
  t.ok(user > 0 && user < lines.findIndex((line) => line.startsWith('ENTRYPOINT')))
  t.ok(read('deploy/ringdown.sh').includes(entry[1]))
})

/** Files of the repository that a compiled file names: modules, threads, data. */
function filesNamedBy(compiled) {
  const text = readFileSync(join(root, compiled), 'utf8')
  const statements = /(?:^(?:import|export)\b[^'"();]*|\bnew URL\(|\bimport\()['"](\.{1,2}\/[^'"]+)['"]/gm
  return [...text.matchAll(statements)].map(([, name]) => relative(root, join(root, dirname(compiled), name)))
}

t.test('the container has all that its programs import and read', async (t) => {
  const copied = [...read('deploy/Containerfile').matchAll(/^COPY --from=build \S+ (\S+)$/gm)].map(([, name]) => name)
  const isCopied = (name) => copied.some((folder) => name === folder || name.startsWith(`${folder}/`))
  const programs = ['cli', 'engine', 'admin', 'media'].map((room) => `dist/${room}/main.js`)
  const found = new Map(programs.map((program) => [program, 'the container file']))
  // A map is gone through to its end, whatever is added meanwhile.
  for (const [name, by] of found) {
    if (name !== 'package.json' && !isCopied(name)) t.fail(`${name}, which ${by} needs, is not copied`)
    if (!name.endsWith('.js') || !existsSync(join(root, name))) continue
    for (const named of filesNamedBy(name)) if (!found.has(named)) found.set(named, name)
  }
  for (const name of ['dist/load/load-error.js', 'dist/engine/config-thread.js', 'media/prompts', 'load/scenarios'])
    t.ok(found.has(name), `${name} is found by following what programs name`)
})

t.test('the health check is a program that ends well only where the server is', async (t) => {
  const [, list] = /HEALTHCHECK[^[]*(\[.*?\])\n/s.exec(read('deploy/Containerfile').replaceAll('\\\n', ' ')) ?? []
  const [, , program] = JSON.parse(list)
  const environment = { ...process.env, RINGDOWN_HTTP_PORT: '9' }
  t.equal(spawnSync(process.execPath, ['-e', program], { env: environment }).status, 1)
})
