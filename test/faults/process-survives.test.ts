import { describe } from 'vitest'
import { survives } from './survival.js'

describe('the process survives them again and again, and so do the calls beside them, faults of modules as they come:', () => {
  survives('bare')
})
