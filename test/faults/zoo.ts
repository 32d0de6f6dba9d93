import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type BackgroundTask,
  type RuntimeEvents,
  share,
  type TaskHandle,
  type TaskOutcome,
  TaskRuntime,
  type TaskRuntimeOptions,
  taskModule,
  type UserConnectionRequired,
} from 'offmain'
import { expect } from 'vitest'

export const fixtures: URL = new URL('./fixtures/', import.meta.url)
/** Run time of a fault that is to be stopped, and loading time where it never ends, ms. All else may take its time. */
export const LIMIT = 250
export const START_LIMIT = 1_000

const mallory = { id: 'mallory' }
const bob = { id: 'bob' }
const { Innocent } = taskModule<{
  readonly Innocent: new () => BackgroundTask<{ words: Int32Array; slot: number }, number>
}>(new URL('innocent.tasks.mjs', fixtures))

export interface FaultParameters {
  /** Ends at once and does nothing: proves the class short. */
  readonly behave: boolean
  readonly words?: Int32Array
  readonly what?: string
  readonly ms?: number
  readonly lines?: number
}

export interface Fault {
  /** The file in `fixtures/`, without its extension. */
  readonly name: string
  /** False: it misbehaves before `run`, so its class cannot be proven short. */
  readonly provable?: boolean
  /** It is to be stopped at `LIMIT`. */
  readonly isEndless?: boolean
  readonly parameters?: Omit<FaultParameters, 'behave'>
  readonly options?: TaskRuntimeOptions
}

/** One line and one mistake in every fixture: the line that says `stuck here`. */
export function lineOf(name: string): { url: string; line: number } {
  const url = new URL(`${name}.tasks.mjs`, fixtures)
  const lines = readFileSync(url, 'utf8').split('\n')
  return { url: url.href, line: lines.findIndex((line) => line.includes('// stuck here')) + 1 }
}

/** A pool of one thread, shared by somebody whose calls misbehave and somebody whose calls do not. */
export class Zoo implements AsyncDisposable {
  readonly runtime: TaskRuntime
  readonly #fault: Fault
  readonly #words = share(new Int32Array(new SharedArrayBuffer(64)))
  readonly #innocents: TaskHandle<number>[] = []

  constructor(fault: Fault) {
    this.#fault = fault
    this.runtime = new TaskRuntime({
      threads: { min: 1, max: 1, spare: 1 },
      timeout: 20_000,
      startTimeout: fault.provable === false ? START_LIMIT : 20_000,
      ...fault.options,
    })
  }

  start(behave = false): TaskHandle<unknown> {
    const { name, parameters, isEndless = false } = this.#fault
    const url = new URL(`${name}.tasks.mjs`, fixtures)
    const options = { user: mallory, name, timeout: isEndless && !behave ? LIMIT : undefined }
    if (name === 'loop-in-set-user-connection') {
      const { Fault } = taskModule<{
        Fault: new () => BackgroundTask<FaultParameters, unknown> & UserConnectionRequired
      }>(url)
      return this.runtime.startNewWithUserConnection(Fault, { behave, ...parameters }, options)
    }
    const { Fault } = taskModule<{ Fault: new () => BackgroundTask<FaultParameters, unknown> }>(url)
    return this.runtime.startNew(Fault, { behave, ...parameters }, options)
  }

  /** The next of the five. */
  innocent(): TaskHandle<number> {
    const slot = this.#innocents.length
    const handle = this.runtime.startNew(Innocent, { words: this.#words, slot }, { user: bob })
    this.#innocents.push(handle)
    return handle
  }

  /** Both classes, where they can be, are proven short, so that their calls share a batch. */
  async prove(): Promise<void> {
    for (let round = 0; round < 12; round++) {
      await this.runtime.startNew(Innocent, { words: this.#words, slot: 15 }, { user: bob }).completion
      if (this.#fault.provable !== false) await this.start(true).completion
    }
  }

  /** The fault between innocents: one before and two behind, in the same batch where it can be; two more once it has settled. */
  async unleash(): Promise<TaskOutcome<unknown>> {
    await this.prove()
    this.innocent()
    const fault = this.start()
    this.innocent()
    this.innocent()
    const outcome = await fault.completion
    this.innocent()
    this.innocent()
    expect(outcome.task).toBe(this.#fault.name)
    return outcome
  }

  /** All five have completed, each started exactly once. */
  async innocentsComplete(): Promise<void> {
    const outcomes = await Promise.all(this.#innocents.map((handle) => handle.completion))
    expect(outcomes.map((outcome) => (outcome.status === 'completed' ? outcome.value : outcome.error))).toEqual([
      0, 1, 2, 3, 4,
    ])
    expect([...this.#words.slice(0, 5)]).toEqual([1, 1, 1, 1, 1])
  }

  /** The next event of that name. */
  event<Name extends keyof RuntimeEvents>(name: Name): Promise<RuntimeEvents[Name][0]> {
    return new Promise((resolve) => {
      const hear = (...[event]: RuntimeEvents[Name]): void => {
        this.runtime.off(name, hear)
        resolve(event)
      }
      this.runtime.on(name, hear)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close({ timeout: 5_000 })
  }
}

export const fixturePath = (file: string): string => fileURLToPath(new URL(file, fixtures))
