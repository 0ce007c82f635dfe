import type { CallServer } from './calls/call-server.ts'
import type { CallChange, CallView } from './calls/calls.ts'
import { registrationView } from './calls/registration-view.ts'
import { EventFeed } from './control/event-feed.ts'
import type { RegistrationEntry } from './control/protocol.ts'
import type { Binding } from './registrar/binding.ts'

/**
 * Tells subscribers of the control port what calls and registrations do. The rooms are watched only while there is a
 * subscriber.
 *
 * @param entryOf a registration with its user
 */
export function liveEvents(
  server: CallServer,
  entryOf: (view: ReturnType<typeof registrationView>) => RegistrationEntry,
): EventFeed {
  const events = new EventFeed((listening) => {
    server.calls.watcher = listening ? callWatcher : null
    server.bindings.watcher = listening ? bindingWatcher : null
  })
  const callWatcher = {
    callChanged(event: CallChange, call: CallView): void {
      events.push({ event: `call-${event}`, at: server.clock.now(), call })
    },
    callEnded(call: CallView, status: number): void {
      events.push({ event: 'call-ended', at: server.clock.now(), call, status })
    },
  }
  const told = (event: 'registration-added' | 'registration-removed', binding: Binding): void => {
    events.push({ event, at: server.clock.now(), registration: entryOf(registrationView(binding)) })
  }
  const bindingWatcher = {
    bindingAdded: (binding: Binding): void => told('registration-added', binding),
    bindingRemoved: (binding: Binding): void => told('registration-removed', binding),
  }
  return events
}
