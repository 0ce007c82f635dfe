/** An INVITE that a phone has received, inside a dialog or not. */
export interface IncomingInvite {
  /** It is left without any answer. */
  readonly silent: boolean
  retransmitted(): void
  /** ACK of a failure. */
  acknowledged(): void
  cancelled(): void
}
