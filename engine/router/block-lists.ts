/** Whether a list keeps the caller out. */
import type { BlockList, Callee } from '../config/snapshot.ts'
import { listNames } from './caller-identity.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'

/** The first list that names the caller: the account's, the PBX's, the user's own. `null` where he may call. */
export function blockListNaming(question: Question, callee: Callee): BlockList | null {
  const { pbx } = callee
  if (!question.position.sentByList) {
    const ofAccount = pbx.account.blockList
    if (ofAccount !== null && isNamed(question, ofAccount, '', callee)) return ofAccount
    if (pbx.blockList !== null && isNamed(question, pbx.blockList, pbx.id, callee)) return pbx.blockList
  }
  if (callee.kind === 'user' && callee.blockList !== null && isNamed(question, callee.blockList, pbx.id, callee)) {
    return callee.blockList
  }
  return null
}

/** @param dialledFrom id of the PBX in which the list's extensions are dialled; '' for none */
function isNamed(question: Question, list: BlockList, dialledFrom: string, callee: Callee): boolean {
  const named = listNames(question.snapshot, list.callers, dialledFrom, question.position)
  if (named && question.listener !== null) {
    tell(question.listener, 'block list', 'applies', `the caller is in the ${list.name}`, callee, list.name)
  }
  return named
}
