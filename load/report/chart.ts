/** Figures of each second as a picture (SVG): panels of lines, one below the other. */

const width = 800
const left = 60
const right = 20
const panelHeight = 160
const firstTop = 60
const betweenPanels = 70
const plotWidth = width - left - right

export interface ChartLine<Second> {
  readonly name: string
  readonly color: string
  /** `null`: there is no value in this second, and the line has a gap. */
  readonly valueOf: (second: Second) => number | null
}

export interface ChartPanel<Second> {
  readonly title: string
  readonly lines: readonly ChartLine<Second>[]
}

/** A whole SVG document. `seconds` in order. */
export function chart<Second extends { readonly second: number }>(
  title: string,
  seconds: readonly Second[],
  panels: readonly ChartPanel<Second>[],
): string {
  const topOf = (index: number) => firstTop + index * (panelHeight + betweenPanels)
  const height = topOf(panels.length) - betweenPanels + 50
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 24, title, 'start', ' font-size="15"'),
    ...panels.flatMap((one, index) => panel(seconds, one.lines, topOf(index), one.title)),
    text(left + plotWidth / 2, height - 10, 'seconds', 'middle'),
    '</svg>',
    '',
  ].join('\n')
}

function panel<Second extends { readonly second: number }>(
  seconds: readonly Second[],
  lines: readonly ChartLine<Second>[],
  top: number,
  title: string,
): string[] {
  const values = lines.flatMap((line) => seconds.map((second) => line.valueOf(second) ?? 0))
  const scale = roundAbove(Math.max(1, ...values))
  const steps = 4
  // A single second is a dot at the left edge.
  const lastSecond = Math.max(1, seconds.at(-1)?.second ?? 0)
  const x = (second: number): number => left + (second / lastSecond) * plotWidth
  const y = (value: number): number => top + panelHeight - (value / scale) * panelHeight
  const parts = [text(left, top - 10, title, 'start')]
  for (let step = 0; step <= steps; step++) {
    const value = (scale * step) / steps
    parts.push(`<path d="M${left} ${place(y(value))}h${plotWidth}" stroke="#dddddd"/>`)
    parts.push(text(left - 6, y(value) + 4, shortNumber(value), 'end'))
  }
  for (let step = 0; step <= steps; step++) {
    const second = (lastSecond * step) / steps
    parts.push(text(x(second), top + panelHeight + 18, shortNumber(second), 'middle'))
  }
  for (const [index, line] of lines.entries()) {
    parts.push(
      `<path d="${pathOf(seconds, line, x, y)}" fill="none" stroke="${line.color}" stroke-width="2" stroke-linecap="round"/>`,
      text(width - right - (lines.length - 1 - index) * 75, top - 10, line.name, 'end', ` fill="${line.color}"`),
    )
  }
  return parts
}

/** A line with gaps where there is no value; a value between two gaps is a dot. */
function pathOf<Second extends { readonly second: number }>(
  seconds: readonly Second[],
  line: ChartLine<Second>,
  x: (second: number) => number,
  y: (value: number) => number,
): string {
  let path = ''
  let drawing = false
  for (const second of seconds) {
    const value = line.valueOf(second)
    if (value === null) {
      drawing = false
      continue
    }
    const point = `${place(x(second.second))} ${place(y(value))}`
    path += drawing ? `L${point}` : `M${point}h0`
    drawing = true
  }
  return path
}

/** The next of 1, 2, 5, 10, 20, 50 and so on. */
function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10
  return factor * power
}

function shortNumber(value: number): string {
  return String(Number(value.toFixed(2)))
}

function place(value: number): string {
  return value.toFixed(1)
}

function text(x: number, y: number, content: string, anchor: string, more = ''): string {
  return `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}"${more}>${escaped(content)}</text>`
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
