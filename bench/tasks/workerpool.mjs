import workerpool from 'workerpool'
import { crunch, crunchOrHang, echo, tiny, weigh } from './work.mjs'

workerpool.worker({ tiny, crunch, crunchOrHang, weigh, echo })
