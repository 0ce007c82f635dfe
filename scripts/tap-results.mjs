/**
 * Reads the Test Anything Protocol (version 14) that one test file prints, and counts tests.
 *
 * A test is a leaf: a subtest that holds no further subtests, however many assertions it makes. A file with assertions
 * but no subtests is one test. A skipped or still-to-do point is one skipped test, and the subtest around it is then
 * no test of its own. What fails outside every leaf (an assertion between subtests, an exit code) is one failed test
 * more, so that nothing fails without being counted.
 */

/** Undoes TAP's escapes in a description. */
function unescaped(text) {
  return text.replace(/\\([\\#])/g, '$1')
}

export class TapResults {
  passed = 0
  /** Full names of failed tests, outermost first, joined by ` > `. */
  failed = []
  /** Full names of skipped tests, with the reason where one was given. */
  skipped = []

  #file
  /** Open subtests, by depth. The first one is the file. */
  #open
  /** Indentation of the YAML block being passed over, or -1. */
  #yaml = -1

  /** As it was given. */
  get file() {
    return this.#file
  }

  constructor(file) {
    this.#file = file
    this.#open = [{ name: file, tests: 0, points: 0, failures: 0 }]
  }

  /** Takes one line without its line end. */
  line(line) {
    const indent = line.length - line.trimStart().length
    const text = line.slice(indent).trimEnd()
    if (this.#yaml >= 0) {
      if (indent === this.#yaml && text === '...') this.#yaml = -1
      return
    }
    if (text === '---' && indent % 4 === 2) {
      this.#yaml = indent
      return
    }
    if (indent % 4 !== 0) return
    const depth = indent / 4
    const subtest = /^# Subtest: (.*)$/.exec(text)
    if (subtest !== null) {
      this.#open.length = Math.min(this.#open.length, depth + 1)
      this.#open[depth + 1] = { name: unescaped(subtest[1]), tests: 0, points: 0, failures: 0 }
      return
    }
    const point = /^(not )?ok\b(?: \d+)?(?: - )?(.*)$/.exec(text)
    if (point !== null) this.#point(depth, point[1] === undefined, point[2])
  }

  /** To be called once, after the last line. `fault`: what was wrong with the process itself, or `null`. */
  end(fault) {
    const file = this.#open[0]
    if (fault === null && file.tests === 0 && file.points > 0) this.passed += 1
    else if (fault === null && file.tests === 0) this.failed.push(`${this.#file}: ran no test`)
    else if (fault !== null && file.failures === 0) this.failed.push(`${this.#file}: ${fault}`)
  }

  #point(depth, ok, rest) {
    const [, description, directive, reason] = /^(.*?)(?:\s+# (?:time=\S+|(SKIP|TODO)\b\s*(.*)))?$/i.exec(rest)
    const parent = this.#open[depth]
    if (parent === undefined) return
    parent.points += 1
    const closed = this.#open[depth + 1]
    this.#open.length = depth + 1
    if (directive !== undefined) {
      parent.tests += 1
      const words = reason === '' ? directive.toLowerCase() : reason
      this.skipped.push(`${this.#path(depth, unescaped(description))} (${words})`)
      return
    }
    if (closed === undefined) return
    parent.tests += 1
    if (closed.tests === 0 && ok) {
      this.passed += 1
    } else if (!ok) {
      if (closed.failures === 0) this.failed.push(this.#path(depth, closed.name))
      parent.failures += 1
    }
  }

  #path(depth, name) {
    const names = this.#open.slice(0, depth + 1).map((node) => node.name)
    return [...names, name].join(' > ')
  }
}
