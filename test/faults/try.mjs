import { readdirSync } from 'node:fs'
import { TaskRuntime, taskModule, share } from 'offmain'
const dir = new URL('file:///work/main/test/faults/fixtures/')
const innocent = taskModule(new URL('innocent.tasks.mjs', dir)).Innocent
let kinds = process.argv.slice(2)
if (!kinds.length) kinds = readdirSync(dir).filter(f => f.endsWith('.tasks.mjs') && !f.startsWith('innocent')).map(f => f.replace('.tasks.mjs',''))
const bob = { id: 'bob' }, mallory = { id: 'mallory' }
for (const kind of kinds) {
  const fault = taskModule(new URL(`${kind}.tasks.mjs`, dir)).Fault
  const runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 1 }, timeout: 250, startTimeout: kind.startsWith('top') ? 300 : 10000, grace: 100, suspend: { after: Infinity } })
  const words = share(new Int32Array(new SharedArrayBuffer(64)))
  const start = (behave) => (kind.includes('user-conn') ? runtime.startNewWithUserConnection : runtime.startNew).call(runtime, fault, { behave, words }, { user: mallory })
  const proveOk = !/constructor|set-user|top-level|innocent/.test(kind)
  for (const w of ['lateFailure','leftover','threadStuck','threadStartFailed','threadStopped']) runtime.on(w, e => (w !== "threadStopped") && console.log("    ", w, e, e.error?.stack))
  for (let i = 0; i < 8; i++) { await runtime.startNew(innocent, { words, slot: 15 }, { user: bob }).completion; if (proveOk) await start(true).completion }
  const inn = slot => runtime.startNew(innocent, { words, slot }, { user: bob }).completion
  const t = performance.now()
  const h = [inn(1)]; const f = start(false); h.push(inn(2), inn(3))
  const o = await f.completion
  const t2 = performance.now()
  h.push(inn(4), inn(5))
  const late = await Promise.race([Promise.all(h), new Promise(r => setTimeout(r, 3000, 'HANG'))])
  console.log(kind.padEnd(26), o.status, o.started, o.error?.phase, o.error?.stoppedBy, o.error?.stuckAt?.[0] && `${o.error.stuckAt[0].function} ${o.error.stuckAt[0].url.split('/').at(-1)}:${o.error.stuckAt[0].line}`, o.error?.cause ? String(o.error.cause).slice(0, 100) : o.error?.path, Math.round(t2 - t), Math.round(performance.now() - t2), late === 'HANG' ? 'HANG' : late.map(x => x.status[0] + (x.error ? x.error.message : '')).join(''), [...words.slice(0, 6)].join(''))
  const c = performance.now()
  const r = await runtime.close({ timeout: 1000 })

}
