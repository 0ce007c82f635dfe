/**
 * A plugin for Ringdown's admin process: the company's phone book as XML, for desk phones that fetch one.
 * docs/plugins.md explains it line by line.
 */

/** The manifest: `AdminPlugin` of admin/plugin.ts. */
export const plugin = {
  name: 'phone-book',
  permissions: [{ name: 'phone-book.read', description: 'Read the phone book' }],
  register(app, services) {
    app.get('/v1/phone-book.xml', {
      config: { permission: 'phone-book.read' },
      schema: {
        operationId: 'readPhoneBook',
        tags: ['phone-book'],
        summary: 'The phone book: users with their extensions, and contacts',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { q: { type: 'string', maxLength: 100, description: 'Part of the name' } },
        },
        response: {
          200: { description: 'The phone book', content: { 'application/xml': { schema: { type: 'string' } } } },
        },
      },
      handler: async (request, reply) => {
        const entries = [...entriesOf(services.configuration.configuration)]
        const wanted = (request.query.q ?? '').toLowerCase()
        const found = entries.filter(({ name }) => name.toLowerCase().includes(wanted))
        return reply.type('application/xml').serializer(String).send(xmlOf(found))
      },
    })

    // Told after every change, whoever made it, as soon as it is kept.
    services.configuration.onChange((revision, changes) => {
      const people = changes.filter(({ kind }) => kind === 'user' || kind === 'contact').length
      if (people > 0) services.log.info({ plugin: 'phone-book', revision, people }, 'The phone book has changed')
    })
  },
}

/** Bodies are entries of the document (docs/configuration.md). */
function* entriesOf(configuration) {
  for (const user of configuration.all('user')) {
    if (user.extension === undefined || user.inDirectory === false) continue
    yield { name: `${user.firstName} ${user.lastName}`, number: user.extension }
  }
  for (const contact of configuration.all('contact')) {
    for (const { number } of contact.phoneNumbers ?? []) {
      yield { name: `${contact.firstName} ${contact.lastName}`, number }
    }
  }
}

function xmlOf(entries) {
  const lines = entries
    .sort((left, right) => left.name.localeCompare(right.name))
    .map(({ name, number }) => `  <entry><name>${escaped(name)}</name><number>${escaped(number)}</number></entry>`)
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<phoneBook>', ...lines, '</phoneBook>', ''].join('\n')
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
