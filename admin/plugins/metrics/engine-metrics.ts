import type { EngineMetrics } from '../../../engine/control/metrics.ts'
import { outcomeOf } from './call-outcome.ts'
import { MetricList } from './metric-list.ts'

/**
 * One reading of the engine's counters under the names of docs/monitoring.md.
 * @param metrics `null` while no engine answers
 */
export function engineMetrics(metrics: EngineMetrics | null): MetricList {
  const list = new MetricList()
  list.gauge('ringdown_engine_up', 'Whether an engine answers: 1 or 0', metrics === null ? 0 : 1)
  if (metrics === null) return list
  addCalls(list, metrics)
  addRegistrations(list, metrics)
  addSubscriptions(list, metrics)
  addMessages(list, metrics)
  addGate(list, metrics)
  addTrunks(list, metrics)
  addSip(list, metrics)
  addState(list, metrics)
  addProcess(list, metrics)
  return list
}

function addCalls(list: MetricList, { calls }: EngineMetrics): void {
  const { ringing, answered } = calls
  list.gauges('ringdown_calls', 'Calls in progress', 'state', { ringing, answered })
  const attempts = Object.entries(calls.finals).map(([status, value]) => ({
    value,
    labels: { outcome: outcomeOf(Number(status)), status },
  }))
  list.countersOf('ringdown_call_attempts_total', 'Attempts that have their final answer', attempts)
  list.histogram('ringdown_post_dial_delay_seconds', 'From INVITE to the first 18x', calls.toRinging)
  list.histogram('ringdown_answer_delay_seconds', 'From INVITE to its 200', calls.toAnswer)
}

function addRegistrations(list: MetricList, { registrations, signInsFailed, limitsReached }: EngineMetrics): void {
  const { current, added, removed, expired } = registrations
  list.gauge('ringdown_registrations', 'Contacts registered now', current)
  list.counter('ringdown_registrations_added_total', 'Contacts that came', added)
  list.counter('ringdown_registrations_removed_total', 'Contacts that were taken away', removed)
  list.counter('ringdown_registrations_expired_total', 'Contacts that were not refreshed', expired)
  list.counter('ringdown_sign_ins_failed_total', 'Sign-ins of phones with a wrong name or password', signInsFailed)
  list.counter(
    'ringdown_toll_fraud_limits_reached_total',
    'Limits against toll fraud that stopped outside calls, as often as administrators were told',
    limitsReached,
  )
}

function addMessages(list: MetricList, { messages }: EngineMetrics): void {
  list.gauge('ringdown_messages_waiting', 'Messages between users that wait for a phone now', messages.waiting)
  list.counter('ringdown_messages_taken_total', 'Messages between users that were taken', messages.taken)
  list.counter('ringdown_messages_delivered_total', 'Messages that a phone has taken', messages.delivered)
}

function addSubscriptions(list: MetricList, { subscriptions }: EngineMetrics): void {
  const { current, begun, fetched, refused, expired, lost, notified, putOff } = subscriptions
  list.gauge('ringdown_subscriptions', 'Subscriptions of phones to lamps, messages and presence now', current)
  list.counter('ringdown_subscriptions_begun_total', 'Subscriptions that were made', begun)
  list.counter('ringdown_subscription_fetches_total', 'States that were asked for once', fetched)
  const reasons = Object.entries(refused).map(([limit, value]) => ({ value, labels: { limit } }))
  list.countersOf('ringdown_subscriptions_refused_total', 'SUBSCRIBEs refused, by what there was too much of', reasons)
  list.counter('ringdown_subscriptions_expired_total', 'Subscriptions that were not refreshed', expired)
  list.counter('ringdown_subscriptions_lost_total', 'Subscriptions given up as NOTIFYs did not get through', lost)
  list.counter('ringdown_notifies_total', 'NOTIFYs sent', notified)
  list.counter('ringdown_notifies_put_off_total', 'NOTIFYs that waited, as others had just left', putOff)
}

function addGate(list: MetricList, { gate }: EngineMetrics): void {
  list.gauge(
    'ringdown_turning_away',
    'Whether requests were turned away in the last seconds: 1 or 0',
    gate.turningAway ? 1 : 0,
  )
  const turnedAway = [
    { value: gate.calls, labels: { kind: 'call', why: 'load' } },
    { value: gate.registrations, labels: { kind: 'registration', why: 'load' } },
    { value: gate.others, labels: { kind: 'other', why: 'load' } },
    { value: gate.overRate, labels: { kind: 'call', why: 'call-rate' } },
    { value: gate.flooding, labels: { kind: 'any', why: 'source-rate' } },
    { value: gate.lateRegistrations, labels: { kind: 'known phone', why: 'load' } },
    { value: gate.scanners, labels: { kind: 'any', why: 'scanner' } },
  ]
  list.countersOf('ringdown_turned_away_total', 'Requests turned away or dropped before parsing', turnedAway)
  list.counter('ringdown_emergency_passes_total', 'INVITEs that passed the gate as emergency calls', gate.emergency)
  list.gauge('ringdown_requests_waiting', 'Requests that wait for their turn', gate.waiting)
  const { share, drops } = gate.receiveBuffer ?? { share: 0, drops: 0 }
  list.gauge('ringdown_receive_buffer_used', 'How full the fullest UDP receive buffer is: 0 to 1', share)
  list.counter('ringdown_datagrams_lost_total', 'Datagrams lost because a receive buffer was full', drops)
}

function addTrunks(list: MetricList, { trunks }: EngineMetrics): void {
  const each = (value: (trunk: EngineMetrics['trunks'][number]) => number | null) =>
    Object.fromEntries(
      trunks.flatMap((trunk): [string, number][] => {
        const number = value(trunk)
        return number === null ? [] : [[trunk.id, number]]
      }),
    )
  const up = each(({ state }) => (state === 'down' ? 0 : 1))
  const registered = each((trunk) => (trunk.registered === null ? null : trunk.registered ? 1 : 0))
  list.gauges('ringdown_trunk_up', 'Whether its carrier answers: 1 or 0', 'trunk', up)
  list.gauges('ringdown_trunk_registered', 'Whether its carrier knows us: 1 or 0', 'trunk', registered)
  const calls = each(({ channelsInUse }) => channelsInUse)
  list.gauges('ringdown_trunk_calls', 'Calls it carries now, both directions', 'trunk', calls)
}

function addSip(list: MetricList, { transactions, network }: EngineMetrics): void {
  list.gauge('ringdown_transactions', 'SIP transactions under way', transactions.current)
  list.counter('ringdown_transactions_created_total', 'SIP transactions begun', transactions.created)
  list.counter('ringdown_retransmissions_sent_total', 'SIP messages sent again', transactions.retransmitted)
  list.counter('ringdown_retransmissions_received_total', 'SIP requests that came again', transactions.repeated)
  list.counter('ringdown_messages_received_total', 'SIP messages that came', network.received)
  list.counter('ringdown_messages_sent_total', 'SIP messages that left', network.sent)
  list.counter('ringdown_messages_discarded_total', 'SIP messages that could not be read', transactions.discarded)
  list.counter('ringdown_messages_dropped_total', 'SIP messages that could not be sent', network.dropped)
  list.counter('ringdown_datagrams_long_total', 'SIP messages of more than 1300 bytes sent by UDP', network.long)
  list.gauge('ringdown_connections', 'TCP, TLS and WebSocket connections open now', network.connections)
}

function addState(list: MetricList, { journal, configuration, events }: EngineMetrics): void {
  list.counter('ringdown_journal_bytes_total', 'Bytes written to the journal', journal.bytes)
  list.gauge('ringdown_journal_entries', 'Entries that a restart would take up', journal.entries)
  list.gauge('ringdown_journal_healthy', 'Whether calls would survive a crash: 1 or 0', journal.healthy ? 1 : 0)
  list.gauge('ringdown_configuration_revision', 'Revision that calls are decided by', configuration.revision)
  const seconds = configuration.compileMilliseconds / 1000
  list.gauge('ringdown_configuration_compile_seconds', 'How long it took to compile', seconds)
  list.gauge('ringdown_event_subscribers', 'Connections that follow live events', events.subscribers)
  list.counter('ringdown_events_missed_total', 'Live events that passed by slow readers', events.missed)
}

function addProcess(list: MetricList, { process, startedAt }: EngineMetrics): void {
  list.gauge('ringdown_engine_start_time_seconds', 'When the engine started, since the epoch', startedAt / 1000)
  list.gauge('ringdown_engine_resident_memory_bytes', 'Memory of the engine', process.residentBytes)
  list.gauge('ringdown_engine_heap_bytes', 'Part of it that holds JavaScript objects', process.heapBytes)
  const processor = { user: process.userSeconds, system: process.systemSeconds }
  list.counters('ringdown_engine_cpu_seconds_total', 'Processor time of the engine', 'mode', processor)
  list.counter('ringdown_engine_loop_busy_seconds_total', 'Time its event loop was busy', process.loopSeconds)
  const help = 'How late its event loop was since the last reading'
  list.gauges('ringdown_engine_loop_delay_seconds', help, 'at', process.loopDelay)
}
