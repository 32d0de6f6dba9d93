import type { BackgroundTask, UserConnectionRequired } from './contract/task.js'
import { InvalidTaskReferenceError } from './errors.js'
import { moduleUrl } from './module-url.js'

/**
 * Names a task class without loading it: the module's URL and the export's name, with the types of its parameters and
 * result. The last type says whether the class takes a user connection.
 */
export interface TaskReference<in P, out R, out Connection extends ConnectionNeed> {
  readonly url: string
  readonly exportName: string
  /** Types only, never set. */
  readonly [TYPES]?: {
    readonly parameters: (parameters: P) => void
    readonly result: R
    readonly connection: Connection
  }
}

export type ConnectionNeed = 'no user connection' | 'user connection'

/** One reference for each exported task class of the module `M`. */
export type TaskModule<M> = {
  readonly [Name in keyof M as M[Name] extends TaskClass ? Name : never]: ReferenceTo<M[Name]>
}

/**
 * Typed references to the task classes of a module. The module itself is loaded on worker threads only.
 *
 * @example
 * const tasks = taskModule<typeof import('./statements.tasks.js')>(new URL('./statements.tasks.js', import.meta.url))
 * runtime.startNew(tasks.BuildStatement, { year: 2026 })
 *
 * @param url the module's `file:` or `data:` URL
 * @throws InvalidOptionError for anything that is no absolute URL
 */
export function taskModule<M>(url: URL | string): TaskModule<M> {
  const href = moduleUrl('url', url)
  const references = new Map<string, TaskReference<never, unknown, ConnectionNeed>>()
  return new Proxy(Object.create(null) as TaskModule<M>, {
    get(_, name) {
      // `then` would make the module look like a promise to `await`.
      if (typeof name !== 'string' || name === 'then') return undefined
      let reference = references.get(name)
      if (reference === undefined) {
        reference = Object.freeze({ url: href, exportName: name })
        references.set(name, reference)
      }
      return reference
    },
  })
}

/** The reference as it came from `taskModule`, or a clear error. */
export function checkReference(given: unknown): { readonly url: string; readonly exportName: string } {
  if (typeof given !== 'object' || given === null) throw new InvalidTaskReferenceError(given)
  const { url, exportName } = given as Partial<TaskReference<never, unknown, ConnectionNeed>>
  if (typeof url !== 'string' || typeof exportName !== 'string') throw new InvalidTaskReferenceError(given)
  return { url, exportName }
}

type TaskClass = new () => BackgroundTask<never, unknown>

type ReferenceTo<C> = C extends new () => infer Task
  ? Task extends { run(...args: infer Args): infer Result }
    ? TaskReference<
        Args extends [] ? void : Args[0],
        Awaited<Result>,
        Task extends UserConnectionRequired<never> ? 'user connection' : 'no user connection'
      >
    : never
  : never

declare const TYPES: unique symbol
