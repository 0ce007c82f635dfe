import type { Compilable } from 'kysely'

type Value = string | number | null

/**
 * A query that is built once, for those that every change needs: to build one anew takes longer than SQLite takes to answer
 * it (docs/decisions/0060-what-a-change-waits-for.md).
 *
 * @param build makes the query; what it is handed stands for the values, each of which becomes a parameter of the SQL
 * @returns gives the query for values
 */
export function preparedQuery<Values extends readonly Value[], Row>(
  build: (...values: Values) => Compilable<Row>,
): (...values: Values) => Compilable<Row> {
  const stands = Array.from({ length: build.length }, (_, index) => `value ${index} of a prepared query`)
  // Text is as good as any value: nothing of it gets into the SQL.
  const compiled = build(...(stands as unknown as Values)).compile()
  const places = compiled.parameters.map((parameter) => stands.indexOf(parameter as string))
  return (...values) => {
    const parameters = places.map((place, at) => (place < 0 ? compiled.parameters[at] : values[place]))
    return { compile: () => ({ ...compiled, parameters }) }
  }
}
