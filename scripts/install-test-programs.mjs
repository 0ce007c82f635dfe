/**
 * Installs the programs that some tests drive, on Debian and its kin when run as root: SIPp (sip-tester), baresip
 * (baresip-core), linphone (linphone-cli), strace, ffmpeg, iptables and Chromium. Elsewhere it says which tests will be
 * skipped. Ends at once where everything is there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const programs = [
  { program: 'sipp', package: 'sip-tester', tests: 'test/wire (those that SIPp runs)' },
  { program: 'baresip', package: 'baresip-core', tests: 'test/phones' },
  { program: 'ip', package: 'iproute2', tests: 'sound through address translation' },
  { program: 'iptables', package: 'iptables', tests: 'sound through address translation' },
  { program: 'linphonec', package: 'linphone-cli', tests: 'test/phones/features' },
  { program: 'strace', package: 'strace', tests: 'that recordings are on the disk when they are told' },
  { program: 'ffmpeg', package: 'ffmpeg', tests: 'that MP3 and Ogg are taken, and recordings compressed' },
  { program: 'rtpengine', package: 'rtpengine-daemon', tests: 'test/media (those of rtpengine)' },
  { program: 'chromium', package: 'chromium', tests: 'test/browser' },
]

function isInstalled(program) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)))
}

function run(program, args) {
  console.log(`$ ${[program, ...args].join(' ')}`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment }).status === 0
}

const missing = programs.filter(({ program }) => !isInstalled(program))
if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/etc/debian_version') && isInstalled('apt-get')) {
  const install = ['install', '-y', '--no-install-recommends', ...missing.map((one) => one.package)]
  // Package lists of a fresh container are empty or old: they are fetched only when the first try needs them.
  if (!run('apt-get', install) && run('apt-get', ['update'])) run('apt-get', install)
}
for (const { program, package: name, tests } of missing) {
  if (!isInstalled(program)) console.log(`${program} is not installed (Debian package ${name}): skipped are ${tests}`)
}
