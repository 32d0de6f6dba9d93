import { ThreadWorker } from 'poolifier'
import { crunch, crunchOrHang, echo, tiny, weigh } from './work.mjs'

export default new ThreadWorker({ tiny, crunch, crunchOrHang, weigh, echo })
