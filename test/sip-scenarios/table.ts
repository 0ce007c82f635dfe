import type { ScenarioRow } from './scenario-row.ts'
import { allCarriers } from './scenario-row.ts'

const introduction = `# SIP scenarios

Call scenarios by the names under which the test suites of other SIP programs know them, and the tests that play them here:
written by \`npm run sip-scenarios\`; a test fails where a name has no test, or the page is out of date.

Those with transports are played by SIPp against one server, all side by side: \`npm test -- test/sip-scenarios\`, one of them
by \`SCENARIO=name\` before it. TLS is SIPp's TCP with TLS made of it on the way, because Debian's SIPp has none.
The last two areas are not from other suites: what people do in the middle of calls, and what must not harm them.
\`npm run simulate\` plays the same situations by the hundred thousand, in virtual time, over a network that loses and doubles.
`

/** The page of all rows. */
export function scenarioTable(rows: readonly ScenarioRow[]): string {
  let text = introduction
  for (const { area, file, played, referred } of rows) {
    text += `\n## ${area}\n\n| name | what happens | over | test |\n|---|---|---|---|\n`
    for (const { names, title, carriers = allCarriers } of played) {
      text += `| ${names.join('<br>')} | ${title} | ${carriers.join(', ')} | \`${file}\` |\n`
    }
    for (const { names, file: other, test, why } of referred) {
      text += `| ${names.join('<br>')} | ${test} | ${why} | \`${other}\` |\n`
    }
  }
  return text
}

/** What is wrong with the rows, one line each: names of the list without a test, tests that are not there. */
export function scenarioFaults(
  rows: readonly ScenarioRow[],
  checkList: Readonly<Record<string, readonly string[]>>,
  read: (file: string) => string,
): string[] {
  const faults: string[] = []
  for (const [area, wanted] of Object.entries(checkList)) {
    const row = rows.find((one) => one.area === area)
    const covered = new Set([...(row?.played ?? []), ...(row?.referred ?? [])].flatMap(({ names }) => names))
    for (const name of wanted) if (!covered.has(name)) faults.push(`${area}: nothing plays ${name}`)
  }
  for (const { area, referred } of rows) {
    for (const { file: other, test } of referred) {
      if (!read(other).includes(test)) faults.push(`${area}: ${other} has no test "${test}"`)
    }
  }
  return faults
}
