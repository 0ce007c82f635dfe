/** What the further fields of account, PBXs, sites, devices, numbers and trunks must not say. */
import t from 'tap'
import { acme, problemsWith, user, warningsWith } from './acme.test.ts'

t.test('an account leaves somebody a way in', async (t) => {
  const account = (more: object) => problemsWith({ account: { name: 'Acme', ...more } })
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
  const saml = { label: 'Acme', protocol: 'SAML', loginUrl: 'https://id.example.com', issuer: 'id', certificate }
  t.same(account({ localSignIn: 'administrators', singleSignOn: saml, defaultPbx: 'north' }), [])
  t.same(account({ localSignIn: 'administrators' }), [
    'account.localSignIn: without single sign-on users could not sign in at all',
  ])
  t.same(account({ singleSignOn: { ...saml, certificate: 'MIIB' } }), [
    'account.singleSignOn.certificate: this is no certificate in PEM form',
  ])
  t.same(account({ singleSignOn: { ...saml, protocol: 'OpenID Connect' } }), [
    'account.singleSignOn.clientId: OpenID Connect needs it',
  ])
  t.same(account({ singleSignOn: { ...saml, loginUrl: 'http://id.example.com' } }), [
    'account.singleSignOn.loginUrl: this is not in the expected form',
  ])
  t.match(account({ defaultPbx: 'south' }), [/^account\.defaultPbx: there is no PBX with this id/])
})

t.test('feature codes differ from each other, from extensions and from emergency numbers', async (t) => {
  const codes = (featureCodes: object) => problemsWith({ pbxs: [{ ...acme.pbxs[0], featureCodes }] })
  t.same(codes({ page: 'off', forwardAll: '*21', emergencyTest: '933' }), [])
  t.same(codes({ doNotDisturbOn: '*72' }), ['pbxs[0].featureCodes.doNotDisturbOn: this is also the code forwardAll'])
  t.match(codes({ time: '999' }), [/^pbxs\[0\]\.featureCodes\.time: this code equals the emergency number 999 of GB/])
  t.match(codes({ emergencyTest: '112' }), [/emergencyTest: this code equals the emergency number 112 of GB/])
  t.match(codes({ time: '2001' }), [
    /^pbxs\[0\]\.featureCodes\.time: this is the extension of user anna/,
    /a feature code/,
  ])
})

t.test('a network belongs to one site, and a security desk is within reach', async (t) => {
  const [london, york] = acme.sites
  const sites = (one: object, two: object = {}) =>
    problemsWith({
      sites: [
        { ...london, ...one },
        { ...york, ...two },
      ],
    })
  t.same(sites({ localNetworks: ['192.168.1.0/24', '2001:db8::/48'] }), [])
  t.same(sites({ localNetworks: ['192.168.1.0/33'] }), ['sites[0].localNetworks[0]: this is no network'])
  t.match(sites({ localNetworks: ['192.168.1.0/24'] }, { localNetworks: ['192.168.1.0/24'] }), [
    /^sites\[1\]\.localNetworks\[0\]: this local network is already taken by site london/,
  ])
  const desk = (...targets: object[]) => sites({ securityDesk: { mode: 'listening', targets } })
  t.same(desk({ user: 'anna' }, { number: '+442079461234' }), [])
  t.same(desk({ number: '+442079461234' }, { number: '+442079461235' }), [
    'sites[0].securityDesk.targets: there is more than one number',
  ])
  t.same(desk({}), ['sites[0].securityDesk.targets[0]: there is no destination'])
  t.same(sites({ emergencyAddress: { street: 'Baker Street', city: 'London' } }), [
    'sites[0].emergencyAddress.postcode: an emergency address in GB needs it',
  ])
  t.same(
    sites({ emergencyAddress: { street: 'Baker Street', city: 'London', postcode: 'NW1 6XE', latitude: '51.5' } }),
    ['sites[0].emergencyAddress.longitude: only one of the two is there'],
  )
})

t.test('a MAC address is one device’s however it is written, and keys fit what they do', async (t) => {
  const [one, two] = acme.devices
  const devices = (first: object, second: object = {}) =>
    problemsWith({
      devices: [
        { ...one, ...first },
        { ...two, ...second },
      ],
    })
  t.match(devices({ mac: '80:5E:C0:12:34:56' }, { mac: '805ec0123456' }), [
    /^devices\[1\]\.mac: this MAC address is already/,
  ])
  t.match(devices({ activationCode: '1234567890123' }, { activationCode: '1234567890123' }), [
    /activationCode: .*taken/,
  ])
  t.match(devices({ activationCode: '123' }), [/activationCode: this is not in the expected form/])
  const keys = (...lineKeys: object[]) => devices({ lineKeys })
  t.same(keys({ does: 'line' }, { does: 'lamp', user: 'ben' }, { does: 'speed-dial', number: '+442079461234' }), [])
  t.match(keys({ does: 'lamp' }), [/lineKeys\[0\]: a key that does lamp does not fit what it names/])
  t.match(keys({ does: 'line', user: 'ben' }), [/lineKeys\[0\]/])
  t.match(keys({ does: '__proto__' }), [/lineKeys\[0\]\.does: this is not one of/])
  t.match(keys(...Array.from({ length: 5 }, () => ({ does: 'line' }))), [
    /lineKeys: there are more than 4 keys for lines/,
  ])
  t.match(keys({ does: 'lamp', user: 'dora' }), [/lineKeys\[0\]\.user: there is no user with this id/])
})

t.test('a number has one holder, and what is said of its port fits', async (t) => {
  const number = (more: object) =>
    problemsWith({ phoneNumbers: [...acme.phoneNumbers, { number: '+442079460103', ...more }] })
  t.match(number({ user: 'anna', conference: 'board' }), [
    /conference: there is no conference/,
    /conference: the number is assigned to user anna already/,
  ])
  t.same(
    number({ status: 'pending', source: 'ported', expectedDate: '2027-01-31', temporaryNumber: '+442079460102' }),
    [],
  )
  t.same(number({ expectedDate: '2027-01-31' }), [
    'phoneNumbers[2].expectedDate: only a pending port has an expected date',
  ])
  t.same(number({ status: 'failed' }), ['phoneNumbers[2].reason: a failed port needs its reason'])
  t.same(number({ reason: 'No such customer' }), ['phoneNumbers[2].reason: only a failed port has a reason'])
  t.same(number({ status: 'pending', source: 'claimed' }), [
    'phoneNumbers[2].source: a number that is being ported is not claimed',
  ])
  t.same(number({ status: 'pending', temporaryNumber: '+442079460103' }), [
    'phoneNumbers[2].temporaryNumber: this is the number itself',
  ])
  t.match(number({ status: 'pending', temporaryNumber: '+442079460109' }), [/temporaryNumber: this number is not in/])
  t.match(number({ status: 'assigned' }), [/status: this is not one of pre-porting, pending, failed/])
})

t.test('a trunk has both credentials or none, and lists nothing twice', async (t) => {
  const carrier = {
    id: 'c',
    name: 'Carrier',
    address: '192.0.2.1',
    trusted: [{ address: '192.0.2.1' }],
    prefixes: ['+'],
  }
  const trunk = (more: object) => problemsWith({ trunks: [{ ...carrier, ...more }] })
  const credentials = { authUserName: 'acme', password: 'eight-or-more' }
  t.same(trunk({ ...credentials, registration: { registrar: 'sip.example.com' }, hosts: [{ host: '192.0.2.2' }] }), [])
  t.same(trunk({ authUserName: 'acme' }), ['trunks[0].password: there is a user name but no password'])
  t.same(trunk({ registration: { registrar: 'sip.example.com' } }), [
    'trunks[0].registration: a registration needs credentials',
  ])
  t.same(trunk({ hosts: [{ host: '192.0.2.1' }] }), ['trunks[0].hosts[0]: this is the host of address'])
  t.same(trunk({ hosts: [{ host: '300.1.1.1' }] }), ['trunks[0].hosts[0].host: this is no IP address'])
  t.same(trunk({ codecs: ['PCMA', 'PCMA'] }), ['trunks[0].codecs[1]: this is listed twice'])
  t.same(trunk({ emergencyCountries: ['GB'], emergency: 'never' }), [
    'trunks[0].emergencyCountries: this trunk is never used for emergency calls',
  ])
})

t.test('what could be taken for safety and is not in force is told', async (t) => {
  const warnings = warningsWith({
    account: { name: 'Acme', secondFactorRequired: true },
    users: [user('anna', { emergencyAddress: { use: 'site' } }), ...acme.users.slice(1)],
  })
  t.same(warnings, [
    'account.secondFactorRequired: this is kept but not in force yet: nobody is asked for a second factor',
    'users[0].emergencyAddress: this is kept but not in force yet: emergency calls carry no address',
  ])
})
