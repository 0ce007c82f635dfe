/** Requests that must be finished even if the process dies: in text for the journal, and back. */
import { loadFlow, saveFlow } from '../sip/dialog.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import type { Flow } from '../sip/transport.ts'

/** A request and where it went. Headers and body are left out: neither CANCEL nor ACK nor BYE needs them. */
export function saveRequest(request: OutgoingRequest, flow: Flow): string {
  const { method, cseq, branch, sentBy, requestUri, from, to, callId } = request
  const route = request.route === '' ? '' : request.route.replaceAll('\r\n', '\r')
  return (
    `${method} ${cseq} ${branch} ${sentBy}\n${requestUri}\n${from}\n${to}\n${callId}\n` + `${route}\n${saveFlow(flow)}`
  )
}

/** How many lines `saveRequest` writes. */
export const savedRequestLines = 7

/** Reads what `saveRequest` wrote; `null` where it is damaged. */
export function loadRequest(lines: readonly string[]): { request: OutgoingRequest; flow: Flow } | null {
  const [first, requestUri, from, to, callId, route, where] = lines
  if (first === undefined || requestUri === undefined || from === undefined || to === undefined) return null
  if (callId === undefined || route === undefined || where === undefined) return null
  const [method, cseq, branch, sentBy] = first.split(' ')
  const sequence = Number(cseq)
  const flow = loadFlow(where)
  if (
    !Number.isInteger(sequence) ||
    method === undefined ||
    branch === undefined ||
    sentBy === undefined ||
    flow === null
  )
    return null
  const request: OutgoingRequest = {
    method,
    requestUri,
    transport: flow.transport,
    sentBy,
    branch,
    from,
    to,
    callId,
    cseq: sequence,
    route: route.replaceAll('\r', '\r\n'),
    maxForwards: 70,
    headers: '',
    body: '',
  }
  return { request, flow }
}
