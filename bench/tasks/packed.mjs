// What one would write by hand to spare Piscina's structured clone: bytes in, bytes out, both transferred.
import { Packr } from 'msgpackr'
import { move } from 'piscina'
import * as work from './work.mjs'

const packr = new Packr({ useRecords: false })

const packed = (run) => (bytes) => move(Uint8Array.from(packr.pack(run(packr.unpack(bytes)))))

export const tiny = packed(work.tiny)
export const crunch = packed(work.crunch)
export const crunchOrHang = packed(work.crunchOrHang)
export const weigh = packed(work.weigh)
export const echo = packed(work.echo)
