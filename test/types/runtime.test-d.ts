import {
  type CallEvent,
  type CallSnapshot,
  type CloseReport,
  type LateEvent,
  type PendingCall,
  type Percentiles,
  type RuntimeEvents,
  type RuntimeSnapshot,
  type RuntimeStats,
  share,
  type TaskOutcome,
  TaskRuntime,
  taskModule,
  transfer,
} from 'offmain'
import { expectTypeOf } from 'vitest'

const tasks = taskModule<typeof import('./sample.tasks.js')>(new URL('./sample.tasks.js', import.meta.url))
const runtime = new TaskRuntime()

// map: parameters in, outcomes out
expectTypeOf(runtime.map(tasks.CountWords, [{ text: 'a' }])).toExtend<AsyncIterable<TaskOutcome<number>>>()
expectTypeOf(runtime.map(tasks.CountRows, new Set([{ year: 1 }]))).toEqualTypeOf<
  AsyncGenerator<TaskOutcome<{ rows: number }>, void, undefined>
>()
declare const years: AsyncIterable<{ year: number }>
for await (const outcome of runtime.map(tasks.CountRows, years, {
  ordered: false,
  concurrency: 4,
  user: { id: 'a' },
})) {
  expectTypeOf(outcome).toEqualTypeOf<TaskOutcome<{ rows: number }>>()
}
runtime.map(tasks.CountRows, [{ year: 1 }], { name: ({ year }, index) => `${year + index}` })
// @ts-expect-error: the item has no such property
runtime.map(tasks.CountRows, [{ year: 1 }], { name: ({ month }) => `${month}` })
// @ts-expect-error: items are parameters of the task
runtime.map(tasks.CountWords, [{ text: 1 }])
// @ts-expect-error: an iterable, not one item
runtime.map(tasks.CountWords, { text: 'a' })
// @ts-expect-error: a misspelt property
runtime.map(tasks.CountWords, [{ text: 'a', flod: true }])
// @ts-expect-error: no such option
runtime.map(tasks.CountWords, [], { parallel: 4 })
// @ts-expect-error: concurrency belongs to map alone
runtime.startNew(tasks.Vacuum, undefined, { concurrency: 4 })

// Events: each listener gets its event's type, and other names are refused.
runtime
  .on('taskQueued', (call) => expectTypeOf(call).toEqualTypeOf<CallEvent>())
  .on('taskStarted', (call) => expectTypeOf(call).toEqualTypeOf<CallEvent>())
  .on('taskProgress', (call) => expectTypeOf(call.value).toBeUnknown())
  .on('taskSettled', (outcome) => expectTypeOf(outcome).toEqualTypeOf<TaskOutcome<unknown>>())
  .on('threadStarted', ({ threadId, startup }) => expectTypeOf([threadId, startup]).toEqualTypeOf<number[]>())
  .on('threadStopped', ({ exitCode, reason }) =>
    expectTypeOf({ exitCode, reason }).toEqualTypeOf<{ exitCode: number; reason: string }>(),
  )
  .on('threadStartFailed', ({ error, retryIn }) =>
    expectTypeOf({ error, retryIn }).toEqualTypeOf<{ error: Error; retryIn: number }>(),
  )
  .on('threadStuck', ({ call }) => expectTypeOf(call).toEqualTypeOf<CallEvent | undefined>())
  .on('queueFull', ({ calls, bytes }) => expectTypeOf([calls, bytes]).toEqualTypeOf<number[]>())
  .on('queueDrained', ({ calls, bytes }) => expectTypeOf([calls, bytes]).toEqualTypeOf<number[]>())
  .on('lateFailure', ({ error }) => expectTypeOf(error).toEqualTypeOf<Error>())
  .on('leftover', ({ resources }) => expectTypeOf(resources).toEqualTypeOf<readonly string[]>())
expectTypeOf<keyof CallEvent>().toEqualTypeOf<'id' | 'task' | 'user' | 'threadId'>()
expectTypeOf<RuntimeEvents['lateFailure'][0]>().toExtend<LateEvent>()
expectTypeOf<RuntimeEvents['leftover'][0]>().toExtend<LateEvent>()
// @ts-expect-error: no such event
runtime.on('taskDone', () => {})
// @ts-expect-error: the listener asks for more than the event has
runtime.on('queueFull', (queue: { calls: number; users: number }) => queue)
const listener = (queue: RuntimeEvents['queueFull'][0]): number => queue.calls
expectTypeOf(runtime.on('queueFull', listener).off('queueFull', listener)).toEqualTypeOf<TaskRuntime>()

// Reports
expectTypeOf(runtime.stats()).toEqualTypeOf<RuntimeStats>()
expectTypeOf(runtime.stats().settled['timed-out']).toBeNumber()
expectTypeOf(runtime.stats().wait).toEqualTypeOf<Percentiles>()
expectTypeOf(runtime.snapshot()).toEqualTypeOf<RuntimeSnapshot>()
expectTypeOf(runtime.snapshot().running).toEqualTypeOf<readonly PendingCall[]>()
expectTypeOf<PendingCall>().toExtend<CallSnapshot>()

// Life cycle
expectTypeOf(runtime.close({ timeout: 5 })).toEqualTypeOf<Promise<CloseReport>>()
expectTypeOf(runtime).toExtend<AsyncDisposable>()
runtime.resize(4)
runtime.resize({ min: 1, max: 8 })
// @ts-expect-error: a number or bounds
runtime.resize('4')

// Buffers keep their type.
expectTypeOf(transfer(new Float64Array(8))).toEqualTypeOf<Float64Array<ArrayBuffer>>()
expectTypeOf(transfer(new ArrayBuffer(8))).toEqualTypeOf<ArrayBuffer>()
expectTypeOf(share(new SharedArrayBuffer(8))).toEqualTypeOf<SharedArrayBuffer>()
// @ts-expect-error: nothing to move
transfer({ length: 8 })
