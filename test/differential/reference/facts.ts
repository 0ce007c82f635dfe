/** What is so with a user now. */
import type { User } from './document.ts'
import type { World } from './world.ts'

const usualSeconds = 15

export function secondsOf(user: User): number {
  return user.ringSeconds ?? usualSeconds
}

export function hasMailbox(user: User): boolean {
  return user.voicemail?.enabled ?? true
}

export function isRegistered(world: World, user: User): boolean {
  const hasDevice = world.company.devices.some((device) => device.user === user.userName)
  return hasDevice && !world.live.unregistered.includes(user.userName)
}

export function isBusy(world: World, user: User): boolean {
  const calls = world.live.lines[user.userName] ?? 0
  return calls >= (user.lines ?? 2) || (user.callWaiting === false && calls > 0)
}
