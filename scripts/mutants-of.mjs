/** The faults that can be put into one compiled file: each is one small change of its text (npm run mutate). */
import { parse } from 'acorn'

const boundaries = { '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' }
const arithmetic = { '-': '+', '*': '/', '/': '*', '%': '*', '>>': '<<', '>>>': '<<' }
const assignments = { '+=': '-=', '-=': '+=', '*=': '/=', '/=': '*=', '??=': '=' }
const logical = { '&&': '||', '||': '&&' }

/**
 * @param file named in each mutant
 * @param source JavaScript, an ES module
 * @returns in the order of the text
 */
export function mutantsOf(file, source) {
  const mutants = []
  const add = (node, kind, start, end, replacement) => {
    const text = source.slice(node.start, node.end).split('\n')[0].slice(0, 100)
    const apply = (original) => original.slice(0, start) + replacement + original.slice(end)
    const { line, column } = node.loc.start
    mutants.push({ file, line, column, kind, text, start, apply })
  }
  const replace = (node, kind, replacement) => add(node, kind, node.start, node.end, replacement)
  const text = (node) => source.slice(node.start, node.end)
  /** Puts another operator between the two sides. */
  const exchange = (node, kind, operator) => {
    const at = source.indexOf(node.operator, node.left.end)
    add(node, kind, at, at + node.operator.length, operator)
  }

  const visit = (node, parent) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return
      case 'IfStatement':
      case 'ConditionalExpression':
        replace(node.test, 'condition negated', `!(${text(node.test)})`)
        break
      case 'LogicalExpression':
        if (node.operator in logical) exchange(node, 'and/or exchanged', logical[node.operator])
        break
      case 'BinaryExpression':
        if (node.operator in boundaries) {
          // Of a whole condition an equality exchanged is that condition negated.
          const whole = parent?.test === node && node.operator.endsWith('==')
          if (!whole) exchange(node, 'comparison changed', boundaries[node.operator])
        } else if (node.operator in arithmetic) exchange(node, 'operator changed', arithmetic[node.operator])
        break
      case 'AssignmentExpression':
        if (node.operator in assignments) exchange(node, 'assignment changed', assignments[node.operator])
        break
      case 'UpdateExpression':
        replace(
          node,
          'count reversed',
          text(node).replace(/\+\+|--/, (found) => (found === '++' ? '--' : '++')),
        )
        break
      case 'UnaryExpression':
        if (node.operator === '!' && parent?.test !== node) replace(node, 'not removed', text(node.argument))
        break
      case 'ExpressionStatement':
        if (node.expression.type === 'CallExpression' && node.expression.callee.type === 'Super') break
        replace(node, 'statement dropped', ';')
        break
      case 'ReturnStatement':
        if (node.argument === null) replace(node, 'return dropped', ';')
        break
      case 'SwitchCase':
        if (node.consequent.length > 0) {
          add(node, 'case emptied', node.consequent[0].start, node.consequent.at(-1).end, 'break;')
        }
        break
      case 'Literal':
        if (typeof node.value === 'number') replace(node, 'constant changed', String(node.value + 1))
        else if (typeof node.value === 'boolean') replace(node, 'constant changed', String(!node.value))
        else if (typeof node.value === 'string') replace(node, 'constant changed', node.value === '' ? "'x'" : "''")
        break
    }
    for (const key of Object.keys(node)) {
      const child = node[key]
      if (Array.isArray(child)) for (const one of child) one?.type !== undefined && visit(one, node)
      else if (child !== null && typeof child?.type === 'string' && key !== 'loc') visit(child, node)
    }
  }
  visit(parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true }), null)
  return mutants.sort((one, other) => one.start - other.start)
}
