import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/scheduling/call.js'
import { type Settlement, unstarted } from '../../src/scheduling/settlement.js'
import { Suspensions } from '../../src/scheduling/suspension.js'
import { newCall, newTask } from './new-call.js'

const rule = { after: 3, within: 1_000, for: 500 }

function crash(at: number): Settlement {
  return { ...unstarted(at), threadId: 1, status: 'crashed', phase: 'running', cause: new Error('gone') }
}

function canceled(at: number): Settlement {
  return { ...unstarted(at), status: 'canceled', reason: undefined, stoppedBy: undefined, stuckAt: undefined }
}

function failed(at: number): Settlement {
  return { ...unstarted(at), threadId: 1, claimedAt: at, status: 'failed', report: { kind: 'failed' } as never }
}

/** Calls of one task before a judge; ms of a clock of its own. */
class Scene {
  readonly task = newTask()
  readonly suspensions = new Suspensions(rule)
  #lastId = 0

  call(): Call {
    return newCall(++this.#lastId, { task: this.task })
  }

  judge(call: Call, at: number): unknown {
    const verdict = this.suspensions.judge(call, at)
    return typeof verdict === 'string' ? verdict : 'fail'
  }

  /** Calls that go ahead one after the other and each cost a thread. */
  offend(...times: number[]): void {
    for (const at of times) {
      const call = this.call()
      expect(['go', 'alone']).toContain(this.judge(call, at))
      this.suspensions.note(call, crash(at), at)
    }
  }
}

describe('a suspect task', () => {
  it('has its calls start alone', () => {
    const scene = new Scene()
    expect(scene.judge(scene.call(), 5)).toBe('go')
    scene.offend(10)
    expect([scene.call(), scene.call()].map((call) => scene.judge(call, 20))).toEqual(['alone', 'alone'])
    expect(scene.suspensions.isSuspect(scene.task, 20)).toBe(true)
  })

  it('makes no other task suspect', () => {
    const scene = new Scene()
    scene.offend(10)
    expect(scene.judge(newCall(50, { task: newTask(2) }), 20)).toBe('go')
  })

  it('is suspect no more once any call of it has ended well, and its offences still count', () => {
    const scene = new Scene()
    const early = scene.call()
    scene.offend(10, 20)
    scene.suspensions.note(early, failed(30), 30)
    expect(scene.suspensions.isSuspect(scene.task, 30)).toBe(false)
    expect(scene.judge(scene.call(), 40)).toBe('go')
    scene.offend(50)
    expect(scene.judge(scene.call(), 60)).toBe('fail')
  })

  it('goes on being suspect when a call is canceled, or dies with no thread having taken it', () => {
    const scene = new Scene()
    scene.offend(10)
    scene.suspensions.note(scene.call(), canceled(30), 30)
    scene.suspensions.note(scene.call(), { ...crash(40), threadId: undefined }, 40)
    expect(scene.judge(scene.call(), 50)).toBe('alone')
  })

  it('is suspect no more when its offences are old', () => {
    const scene = new Scene()
    scene.offend(10)
    expect(scene.judge(scene.call(), 1_009)).toBe('alone')
    expect(scene.judge(scene.call(), 1_010)).toBe('go')
  })

  it('has no call fail before it is suspended', () => {
    const scene = new Scene()
    scene.offend(10, 20)
    expect(scene.suspensions.refuses(scene.call(), 30)).toBeUndefined()
  })
})

describe('a suspended task', () => {
  it('has its calls fail, as soon as they come, until the time is up', () => {
    const scene = new Scene()
    scene.offend(10, 20, 30)
    expect(scene.suspensions.refuses(scene.call(), 529)).toEqual({ offences: 3, withinMs: 1_000, until: 530 })
    expect(scene.judge(scene.call(), 529)).toBe('fail')
    expect(scene.suspensions.isSuspect(scene.task, 529)).toBe(false)
    expect(scene.judge(scene.call(), 530)).toBe('go')
    expect(scene.judge(scene.call(), 531)).toBe('fail')
  })

  it('is suspended again when its trial costs a thread, however long ago the offences were', () => {
    const scene = new Scene()
    scene.offend(10, 20, 30, 5_000)
    expect(scene.judge(scene.call(), 5_400)).toBe('fail')
  })

  it('is free, its offences forgotten, when its trial ends well', () => {
    const scene = new Scene()
    scene.offend(10, 20, 30)
    const trial = scene.call()
    scene.judge(trial, 600)
    scene.suspensions.note(trial, failed(610), 610)
    expect([scene.call(), scene.call()].map((call) => scene.judge(call, 620))).toEqual(['go', 'go'])
    scene.offend(630, 640)
    expect(scene.judge(scene.call(), 650)).toBe('alone')
  })
})

it('nobody is suspect or suspended with after: Infinity', () => {
  const suspensions = new Suspensions({ ...rule, after: Number.POSITIVE_INFINITY })
  const task = newTask()
  for (let id = 0; id < 9; id++) suspensions.note(newCall(id, { task }), crash(id), id)
  expect([newCall(10, { task }), newCall(11, { task })].map((call) => suspensions.judge(call, 20))).toEqual([
    'go',
    'go',
  ])
})
