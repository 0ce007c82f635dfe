/** Asks a message for everything that is worked out only when somebody asks. */
import { contactUri, dialogOfRequest, dialogOfResponse } from '../../engine/sip/dialog.ts'
import { parseDigestCredentials } from '../../engine/sip/digest.ts'
import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { parseMessage, splitList } from '../../engine/sip/message.ts'
import { responseFlow, responseHead } from '../../engine/sip/response.ts'
import { decodeUser, parseNameAddress, parseUri, quotedDisplayName, uriParameter } from '../../engine/sip/uri.ts'
import { isUsableResponse, validateRequest } from '../../engine/sip/validate.ts'
import { strangerFlow } from './core-server.ts'

/** Parses `text` and reads all of it; `null` where it is no message. Throws only where the engine has a fault. */
export function readEverything(text: string): SipMessage | null {
  const message = parseMessage(text)
  if (message === null) return null
  for (const id of Object.values(Header)) {
    message.header(id)
    message.lines(id)
    for (const line of message.headers(id)) for (const value of splitList(line)) readAddress(value)
  }
  message.otherHeader('subject')
  void [message.branch, message.fromTag, message.toTag, message.body, message.cseq, message.callId]
  for (const value of message.headers(Header.authorization)) parseDigestCredentials(value)
  contactUri(message)
  if (message.isRequest) {
    readUri(message.requestUri)
    responseHead(message, strangerFlow)
    responseFlow(message, strangerFlow)
    if (validateRequest(message) === null) dialogOfRequest(message, 'tag', strangerFlow)
  } else if (isUsableResponse(message)) dialogOfResponse(message, strangerFlow)
  return message
}

function readAddress(value: string): void {
  const address = parseNameAddress(value)
  if (address === null) return
  quotedDisplayName(address.displayName)
  readUri(address.uri)
}

function readUri(text: string): void {
  const uri = parseUri(text)
  if (uri === null) return
  decodeUser(uri.user)
  uriParameter(uri, 'transport')
}
