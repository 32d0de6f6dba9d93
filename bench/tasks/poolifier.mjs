import { ThreadWorker } from 'poolifier'
import { crunch, crunchOrHang, echo, tiny, weigh } from './work.mjs'

export default new ThreadWorker(/** @type {any} */ ({ tiny, crunch, crunchOrHang, weigh, echo }))
