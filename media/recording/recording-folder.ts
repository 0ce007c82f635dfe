/**
 * Where recordings lie below the data folder:
 *
 *   recordings/2026-03-01/ID.wav    the sound; ID.sealed where it is encrypted
 *   recordings/open/NAME/ID.json    what is being recorded by the media process NAME
 *   recordings/new/ID.json          descriptions of complete ones, until the API's process has taken them in
 *   recordings/2026-03-01/ID.json   descriptions afterwards
 */
import { join } from 'node:path'

export const recordingsName = 'recordings'

/** Name of a media process, by its number. */
export function mediaName(process: number): string {
  return `media-${process}`
}

/** The number in such a name; -1 where it is none. */
export function mediaNumber(name: string): number {
  return Number(/^media-(\d{1,3})$/.exec(name)?.[1] ?? -1)
}

export function openFolder(root: string, media: string): string {
  return join(root, 'open', media)
}

export function newFolder(root: string): string {
  return join(root, 'new')
}

/** Folder and name of the sound, below the folder of recordings. */
export function soundPath(id: string, startedAt: number, isSealed: boolean): string {
  return `${dayOf(startedAt)}/${id}.${isSealed ? 'sealed' : 'wav'}`
}

export function descriptionPath(id: string, startedAt: number): string {
  return `${dayOf(startedAt)}/${id}.json`
}

/** Of the world's time, so that no folder is named twice when clocks are put back. */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
