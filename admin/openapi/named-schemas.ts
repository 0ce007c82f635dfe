/** Parts that many entities have, under the names they have in the OpenAPI document; what is in others comes first. */
import type { TSchema } from 'typebox'
import { Address } from '../../engine/config/entities/address.ts'
import { Intervals, WeeklyHours } from '../../engine/config/entities/hours.ts'
import { Mailbox } from '../../engine/config/entities/mailbox.ts'
import { Recording } from '../../engine/config/entities/recording.ts'
import {
  BlockList,
  CallerPattern,
  Destination,
  ForwardingRule,
  SimpleDestination,
  Target,
  TargetList,
} from '../../engine/config/entities/routing.ts'
import { Rule, RuleDestination } from '../../engine/config/entities/rule.ts'
import { Member } from '../../engine/config/entities/service.ts'
import {
  Country,
  E164,
  Extension,
  Id,
  Language,
  LocalDate,
  LocalDateTime,
  Name,
  TimeZone,
} from '../../engine/config/entities/values.ts'

export const namedSchemas: readonly (readonly [string, TSchema])[] = [
  ['Id', Id],
  ['Name', Name],
  ['E164', E164],
  ['Extension', Extension],
  ['Country', Country],
  ['Language', Language],
  ['TimeZone', TimeZone],
  ['LocalDate', LocalDate],
  ['LocalDateTime', LocalDateTime],
  ['CallerPattern', CallerPattern],
  ['Intervals', Intervals],
  ['WeeklyHours', WeeklyHours],
  ['Address', Address],
  ['Recording', Recording],
  ['Mailbox', Mailbox],
  ['Target', Target],
  ['Member', Member],
  ['SimpleDestination', SimpleDestination],
  ['TargetList', TargetList],
  ['Destination', Destination],
  ['RuleDestination', RuleDestination],
  ['ForwardingRule', ForwardingRule],
  ['BlockList', BlockList],
  ['Rule', Rule],
]
