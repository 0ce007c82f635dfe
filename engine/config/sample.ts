/** The company that a first start comes with: small, complete, and different in its passwords everywhere. */

/** A source of unguessable text: `length` characters of [0-9a-z]. */
export interface TokenSource {
  token(length: number): string
}

/** One line of the table that the first start prints. */
export interface SampleRow {
  readonly name: string
  readonly extension: string
  /** What phones in the other PBX dial. */
  readonly fromOtherPbx: string
  readonly pbx: string
  readonly domain: string
  /** SIP user name. */
  readonly userName: string
  readonly password: string
  /** What is special about this user, for people; often ''. */
  readonly remark: string
}

export interface Sample {
  /** YAML for people to read and change. */
  readonly text: string
  readonly rows: readonly SampleRow[]
}

interface Person {
  readonly userName: string
  readonly firstName: string
  readonly lastName: string
  readonly site: 'london' | 'bristol'
  readonly extension: string
  readonly number: string
  /** Lines of YAML below the user. */
  readonly more: string
  readonly remark: string
}

const people: readonly Person[] = [
  {
    userName: 'anna',
    firstName: 'Anna',
    lastName: 'Abbott',
    site: 'london',
    extension: '1001',
    number: '+442079460101',
    more: '',
    remark: '',
  },
  {
    userName: 'ben',
    firstName: 'Ben',
    lastName: 'Baker',
    site: 'london',
    extension: '1002',
    number: '+442079460102',
    more: `    # Nobody answers within ten seconds: the call goes on to Cora.
    ringSeconds: 10
    forwarding:
      noAnswer:
        name: To Cora when Ben does not answer
        to: { user: cora }
`,
    remark: 'forwards to Cora after 10 seconds',
  },
  {
    userName: 'cora',
    firstName: 'Cora',
    lastName: 'Clark',
    site: 'london',
    extension: '1003',
    number: '+442079460103',
    more: `    # One call at a time: while Cora talks, others hear busy.
    callWaiting: false
`,
    remark: 'busy while on a call',
  },
  {
    userName: 'david',
    firstName: 'David',
    lastName: 'Dean',
    site: 'bristol',
    extension: '1001',
    number: '+441174960101',
    more: '',
    remark: '',
  },
  {
    userName: 'emma',
    firstName: 'Emma',
    lastName: 'Ellis',
    site: 'bristol',
    extension: '1002',
    number: '+441174960102',
    more: `    # David's calls are answered with busy.
    blockList:
      callers: ['1001']
`,
    remark: 'has blocked David',
  },
  {
    userName: 'frank',
    firstName: 'Frank',
    lastName: 'Foster',
    site: 'bristol',
    extension: '1003',
    number: '+441174960103',
    more: '',
    remark: '',
  },
]

const pbxs = {
  london: { id: 'north', name: 'North', domain: 'north.ringdown.test', dialCode: '21' },
  bristol: { id: 'south', name: 'South', domain: 'south.ringdown.test', dialCode: '22' },
} as const

const passwordLength = 16

/** Makes the sample company's document with new passwords, and what people need to set their phones up. */
export function sampleDocument(random: TokenSource): Sample {
  const rows = people.map((person): SampleRow => {
    const pbx = pbxs[person.site]
    return {
      name: `${person.firstName} ${person.lastName}`,
      extension: person.extension,
      fromOtherPbx: pbx.dialCode + person.extension,
      pbx: pbx.name,
      domain: pbx.domain,
      userName: person.userName,
      password: random.token(passwordLength),
      remark: person.remark,
    }
  })
  return { text: documentText(rows), rows }
}

function documentText(rows: readonly SampleRow[]): string {
  return `# Sample company. Change it as you like; "ringdown check FILE" tells every mistake with its place and cure.
# docs/configuration.md describes every field. A change is in force after SIGHUP.
version: 1

# While this line and the sample trunk are here, the server binds to this machine only unless it is allowed to do more.
sample: true

account:
  name: Sample Company

# Two PBXs. Within one, people dial the extension; from the other, dial code and extension: 22 1001.
pbxs:
${Object.values(pbxs).map(pbxText).join('')}
sites:
  - id: london
    name: London
    pbx: north
    timeZone: Europe/London
    areaCode: '20'
    mainNumber: '+442079460100'
  - id: bristol
    name: Bristol
    pbx: south
    timeZone: Europe/London
    areaCode: '117'
    mainNumber: '+441174960100'

users:
${people.map(userText).join('')}
# Where calls wait until somebody fetches them: dial *68 with the call on hold, or transfer it to the slot, and dial the slot
# from any phone of the PBX.
parkSlots:
${Object.entries(pbxs)
  .map(([site, { name }]) => `  - { id: ${site}-park, name: ${name} park, site: ${site}, extension: '1090' }\n`)
  .join('')}
# What phones register with. SIP user names are unique in the installation, so that a phone may use an IP address as
# its server: the name decides the PBX.
devices:
${rows.map(deviceText).join('')}
# These numbers are reserved for drama and reach nobody outside.
phoneNumbers:
  - number: '+442079460100'
  - number: '+441174960100'
${people.map((person) => `  - { number: '${person.number}', user: ${person.userName} }\n`).join('')}
# A carrier played by a program on this machine: it may call the numbers above from port 5090. It carries no outside
# numbers, because "prefixes" is empty; write ['+'] to let it carry all.
trunks:
  - id: sample-carrier
    name: Sample carrier
    transport: UDP
    address: 127.0.0.1
    port: 5090
    trusted:
      - { address: 127.0.0.1, port: 5090 }
    prefixes: []
    channels: 10
    emergency: never
`
}

function pbxText(pbx: (typeof pbxs)[keyof typeof pbxs]): string {
  return `  - id: ${pbx.id}
    name: ${pbx.name}
    domain: ${pbx.domain}
    dialCode: '${pbx.dialCode}'
    country: GB
    # Some phones and tools (baresip 1, SIPp 3) stop when they are offered SHA-256 at all. Take this line out when all
    # of yours know it, or write the list at single devices.
    digestAlgorithms: [MD5]
`
}

function userText(person: Person): string {
  return `  - userName: ${person.userName}
    firstName: ${person.firstName}
    lastName: ${person.lastName}
    email: ${person.userName}@ringdown.test
    site: ${person.site}
    extension: '${person.extension}'
${person.more}`
}

function deviceText(row: SampleRow): string {
  return `  - { user: ${row.userName}, sipUserName: ${row.userName}, password: '${row.password}' }\n`
}
