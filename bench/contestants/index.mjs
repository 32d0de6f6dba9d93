// Who competes. Each is loaded only where it is measured, so that none pays for another's import.
import { deadline } from '../harness/deadline.mjs'

export const OFFMAIN = 'offmain'
export const PISCINA = 'Piscina'
export const PACKED = 'Piscina + msgpackr'
export const TINYPOOL = 'tinypool'
export const WORKERPOOL = 'workerpool'
export const POOLIFIER = 'poolifier'
export const RAW = 'raw Worker'
export const INLINE = 'inline'

/** Every pool that is not ours. */
export const PEERS = [PISCINA, PACKED, TINYPOOL, WORKERPOOL, POOLIFIER]
/** Those that are no Piscina. */
export const OTHER_PEERS = [TINYPOOL, WORKERPOOL, POOLIFIER]

const MODULES = {
  [OFFMAIN]: () => import('./offmain.mjs'),
  [PISCINA]: () => import('./piscina.mjs'),
  [PACKED]: () => import('./piscina-packed.mjs'),
  [TINYPOOL]: () => import('./tinypool.mjs'),
  [WORKERPOOL]: () => import('./workerpool.mjs'),
  [POOLIFIER]: () => import('./poolifier.mjs'),
  [RAW]: () => import('./raw-worker.mjs'),
  [INLINE]: () => import('./inline.mjs'),
}
const NOTES = { [RAW]: 'one thread', [INLINE]: 'on the main thread' }

export const ALL = Object.keys(MODULES)

/**
 * Opens contestants side by side, so that their rounds can take turns.
 *
 * @param {readonly string[]} names
 * @param {{ threads: number, options?: object }} settings
 */
export async function openAll(names, settings) {
  const opened = []
  for (const name of names) opened.push({ name, note: NOTES[name], pool: await open(name, settings) })
  return opened
}

export async function open(name, settings) {
  const { open } = await load(name)
  const pool = await open(settings)
  // What a pool does once of its own accord is over before anything is measured. A quick run judges nothing.
  if (!process.argv.includes('--quick')) await pool.settleIn?.()
  return pool
}

/** Imports what the contestant is made of. */
export function load(name) {
  return MODULES[name]()
}

export async function closeAll(opened) {
  await Promise.all(opened.map(({ name, pool }) => deadline(pool.close(), CLOSE_MS, `${name}: close`)))
}

const CLOSE_MS = 10_000
