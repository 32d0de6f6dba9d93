import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as offmain from 'offmain'
import * as contract from 'offmain/task'
import { describe, expect, it } from 'vitest'

const root = new URL('../', import.meta.url)

describe('the public names', () => {
  it('of offmain are these', () => {
    expect(Object.keys(offmain).sort()).toMatchInlineSnapshot(`
      [
        "InvalidOptionError",
        "InvalidTaskReferenceError",
        "OffmainError",
        "ParameterSerializationError",
        "QueueFullError",
        "ResultSerializationError",
        "RuntimeClosedError",
        "StuckThreadsError",
        "TaskCanceledError",
        "TaskCrashedError",
        "TaskFailedError",
        "TaskHandle",
        "TaskRuntime",
        "TaskSuspendedError",
        "TaskTimedOutError",
        "UserRequiredError",
        "share",
        "taskModule",
        "transfer",
      ]
    `)
  })

  it('of offmain/task are these', () => {
    expect(Object.keys(contract).sort()).toMatchInlineSnapshot(`
      [
        "share",
        "transfer",
      ]
    `)
  })

  it('are the only way in', () => {
    const require = createRequire(import.meta.url)
    expect(() => require('offmain/dist/src/options.js')).toThrow('not defined by "exports"')
  })
})

describe('loading', () => {
  it('offmain/task loads no package', async () => {
    const loaded = await filesLoadedBy('offmain/task')
    expect(loaded).toContain('dist/src/contract/task.js')
    expect(loaded.filter((file) => !file.startsWith('dist/src/contract/') && !file.startsWith('node:'))).toEqual([])
  })

  it('offmain loads its packages, which shows that they would be seen', async () => {
    const loaded = await filesLoadedBy('offmain')
    expect(loaded.filter((file) => file.startsWith('node_modules/piscina/'))).not.toEqual([])
  })

  it('offmain leaves what runs on threads, and what the command line needs, alone', async () => {
    const loaded = await filesLoadedBy('offmain')
    expect(loaded.filter((file) => /^dist\/(workers|src\/cli)\//.test(file))).toEqual([])
  })

  it('a task module is loaded on a thread, never on the calling one', async () => {
    const text = `
      import { isMainThread } from 'node:worker_threads'
      globalThis.taskModulesLoadedHere = (globalThis.taskModulesLoadedHere ?? 0) + 1
      export class WhereAmI {
        run() { return { isMainThread, loaded: globalThis.taskModulesLoadedHere } }
      }`
    interface WhereAmI {
      new (): { run(): { isMainThread: boolean; loaded: number } }
    }
    const url = `data:text/javascript,${encodeURIComponent(text)}`
    await using runtime = new offmain.TaskRuntime({ threads: 1 })
    const handle = runtime.startNew(offmain.taskModule<{ WhereAmI: WhereAmI }>(url).WhereAmI)

    expect(await handle.result()).toEqual({ isMainThread: false, loaded: 1 })
    expect(globalThis).not.toHaveProperty('taskModulesLoadedHere')
  })
})

/** Every module that an import brings into a fresh process, relative to the project; built-in ones by their name. */
async function filesLoadedBy(name: string): Promise<string[]> {
  const hooks = `
    import { writeSync } from 'node:fs'
    export async function load(url, context, next) {
      writeSync(1, url + '\\n')
      return next(url, context)
    }`
  const program = `
    import { createRequire, register } from 'node:module'
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)})
    await import(${JSON.stringify(name)})
    // What CommonJS packages require passes the hooks by.
    for (const file of Object.keys(createRequire(import.meta.url).cache)) console.log('file://' + file)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(root),
  })
  const urls = new Set(stdout.trim().split('\n'))
  return [...urls].map((url) => (url.startsWith(root.href) ? url.slice(root.href.length) : url))
}
