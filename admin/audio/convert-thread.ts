/** Converts one uploaded sound and ends: whatever a hostile file makes of it, the process that serves is not hurt. */
import { parentPort, workerData } from 'node:worker_threads'
import { stepAside } from '../../engine/control/give-way.ts'
import { encoded } from '../../media/sound/g711.ts'
import { soundFormOf } from '../../media/sound/sound-file-form.ts'
import { monoOf, telephoneSamples } from '../../media/sound/telephone-sound.ts'
import { wavHeader } from '../../media/sound/wav-header.ts'
import type { ConversionAnswer, ConversionTask } from './conversion.ts'

if (parentPort === null) throw new Error('This is the thread that converts sounds: conversion.ts starts it')
stepAside()
const { bytes, mostSeconds } = workerData as ConversionTask
parentPort.postMessage(converted(new Uint8Array(bytes), mostSeconds))

function converted(file: Uint8Array, limit: number): ConversionAnswer {
  const found = soundFormOf(file)
  if (!found.ok) return { ok: false, message: found.message }
  const { form } = found
  const seconds = form.length / bytesEachSecond(form)
  if (seconds > limit) return { ok: false, message: `it takes ${Math.round(seconds)} s: at most ${limit} s are taken` }
  const samples = telephoneSamples(monoOf(file, form), form.rate)
  if (samples.length === 0) return { ok: false, message: 'there is no sound in it' }
  const table = encoded.mu
  const sound = Uint8Array.from(samples, (sample) => table[sample & 0xffff] ?? 0)
  return {
    ok: true,
    container: form.container,
    wav: new Uint8Array(Buffer.concat([wavHeader('mu', 1, sound.length), sound])),
  }
}

function bytesEachSecond({ form, channels, rate }: { form: string; channels: number; rate: number }): number {
  const size =
    form === 'mu' || form === 'A' || form === 'unsigned8' ? 1 : form === 'signed16' ? 2 : form === 'signed24' ? 3 : 4
  return size * channels * rate
}
