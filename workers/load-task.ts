import { existsSync } from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { BackgroundTask } from '../src/contract/task.js'

/** A task class as the thread knows it. */
export interface LoadedTask {
  readonly create: new () => BackgroundTask<unknown, unknown>
  readonly needsConnection: boolean
  /** The class's own limit, ms of run time; 0: none. */
  readonly timeoutMs: number
}

/** The message says which module, which export, and what to do. */
export class TaskLoadError extends Error {
  override readonly name = 'TaskLoadError'
  readonly code = 'OFFMAIN_TASK_LOAD'
}

/**
 * Imports the module and finds the class. Node caches the module, also its failure, so a broken one fails each call at
 * once.
 *
 * @throws TaskLoadError when there is no such class; otherwise what the module itself threw
 */
export async function loadTask(url: string, exportName: string): Promise<LoadedTask> {
  const module = await importModule(url)
  const found = exportName in module ? module[exportName] : defaultExports(module)[exportName]
  if (found === undefined) throw new TaskLoadError(`${url} exports no ${exportName}. It exports: ${list(module)}`)
  if (typeof found !== 'function' || typeof found.prototype !== 'object' || found.prototype === null) {
    throw new TaskLoadError(
      `${exportName} of ${url} is no class but ${describe(found)}. Export a class with a run method`,
    )
  }
  if (typeof found.prototype.run !== 'function') {
    throw new TaskLoadError(
      `Class ${exportName} of ${url} has no run method. Implement BackgroundTask: run(parameters, context)`,
    )
  }
  return {
    create: found as unknown as LoadedTask['create'],
    needsConnection: typeof found.prototype.setUserConnection === 'function',
    timeoutMs: classTimeout(exportName, (found as { timeout?: unknown }).timeout),
  }
}

/** Has the modules there before the first call needs them. What they throw, that call will be told. Never rejects. */
export async function preloadModules(urls: readonly string[]): Promise<void> {
  await Promise.allSettled(urls.map(importModule))
}

async function importModule(url: string): Promise<Record<string, unknown>> {
  const source = sourceOf(url)
  prepareTypeScript(source)
  return import(source)
}

function classTimeout(exportName: string, timeout: unknown): number {
  if (timeout === undefined) return 0
  if (typeof timeout === 'number' && timeout > 0) return timeout
  throw new TaskLoadError(`${exportName}.timeout is ${String(timeout)}; allowed: ms, more than 0, or Infinity`)
}

/**
 * `./x.tasks.js` names the file that `./x.tasks.ts` will become; run unbuilt, where Node strips types itself, only the
 * latter is there.
 */
export function sourceOf(url: string): string {
  if (!url.startsWith('file:') || !/\.[cm]?js$/.test(new URL(url).pathname)) return url
  const typescript = new URL(url)
  typescript.pathname = typescript.pathname.replace(/js$/, 'ts')
  return !existsSync(fileURLToPath(url)) && existsSync(fileURLToPath(typescript)) ? typescript.href : url
}

let prepared = false

/** `--import tsx` reaches threads by itself only on Node 22.22 and 24.11 or later: before, its hooks are registered here. */
export function prepareTypeScript(url: string): void {
  if (prepared || !/\.[cm]?ts$/.test(url)) return
  prepared = true
  const isNative = (process.features as { readonly typescript?: unknown }).typescript
  if (isNative || !process.execArgv.some((argument) => /\btsx\b/.test(argument))) return
  register('tsx/esm', { parentURL: url, data: {} })
}

/** CommonJS modules whose exports Node cannot tell from the text are there as the default export. */
function defaultExports(module: Record<string, unknown>): Record<string, unknown> {
  const { default: exported } = module
  return typeof exported === 'object' && exported !== null ? (exported as Record<string, unknown>) : {}
}

function list(module: Record<string, unknown>): string {
  return Object.keys(module).join(', ') || 'nothing'
}

function describe(value: unknown): string {
  return value === null ? 'null' : `a ${typeof value}`
}
