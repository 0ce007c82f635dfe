/** Runs Ringdown as `npm start` leaves it. */

import type { BenchServer } from './server.ts'

export const ringdownServer: BenchServer = {
  name: 'ringdown',
  title: 'Ringdown',
  lingerSeconds: 35,
  missing: () => 'not there yet',
  start: () => Promise.reject(new Error('not there yet')),
}
