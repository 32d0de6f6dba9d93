import { type ConnectionNeed, type TaskHandle, type TaskReference, TaskRuntime, taskModule } from 'offmain'
import { expectTypeOf } from 'vitest'

type Sample = typeof import('./sample.tasks.js')

const tasks = taskModule<Sample>(new URL('./sample.tasks.js', import.meta.url))
const runtime = new TaskRuntime()
const user = { id: 'u-17' }

// References: parameters, result and the need of a connection come from the class.
expectTypeOf(tasks.CountWords).toEqualTypeOf<
  TaskReference<{ readonly text: string; readonly fold?: boolean }, number, 'no user connection'>
>()
expectTypeOf(tasks.Vacuum).toEqualTypeOf<TaskReference<void, void, 'no user connection'>>()
expectTypeOf(tasks.Greet).toEqualTypeOf<TaskReference<string | undefined, string, 'no user connection'>>()
expectTypeOf(tasks.CountRows).toEqualTypeOf<
  TaskReference<{ readonly year: number }, { rows: number }, 'user connection'>
>()
expectTypeOf(tasks.WhoAmI).toEqualTypeOf<TaskReference<void, string, 'user connection'>>()
expectTypeOf(tasks.Unannounced).toEqualTypeOf<TaskReference<readonly number[], bigint, 'no user connection'>>()

// What is no task class has no reference.
expectTypeOf<keyof typeof tasks>().toEqualTypeOf<
  'CountWords' | 'Vacuum' | 'Greet' | 'CountRows' | 'WhoAmI' | 'Unannounced'
>()
// @ts-expect-error: a class that needs constructor arguments cannot be made on a thread
tasks.NeedsArguments
// @ts-expect-error: a class without run
tasks.NoTask
// @ts-expect-error: no such export
tasks.CountWord
// @ts-expect-error: references are not replaced
tasks.Vacuum = taskModule<Sample>('file:///sample.tasks.js').Vacuum
// @ts-expect-error: a module is named by its URL
taskModule<Sample>(17)

// The module of another class does not fit: a reference is more than a URL and a name.
expectTypeOf(taskModule<Sample>).returns.not.toExtend<{ CountRows: TaskReference<string, number, ConnectionNeed> }>()

// startNew
expectTypeOf(runtime.startNew(tasks.CountWords, { text: 'a b' })).toEqualTypeOf<TaskHandle<number>>()
expectTypeOf(runtime.startNew(tasks.CountWords, { text: 'a b', fold: true }, { timeout: 5 })).toEqualTypeOf<
  TaskHandle<number>
>()
expectTypeOf(runtime.startNew(tasks.Unannounced, [1, 2])).toEqualTypeOf<TaskHandle<bigint>>()

// Parameters may be left out exactly where the task takes none.
expectTypeOf(runtime.startNew(tasks.Vacuum)).toEqualTypeOf<TaskHandle<void>>()
runtime.startNew(tasks.Vacuum, undefined, { priority: 1 })
runtime.startNew(tasks.Greet)
runtime.startNew(tasks.Greet, 'Ada')
// @ts-expect-error: parameters are missing
runtime.startNew(tasks.CountWords)
// @ts-expect-error: options do not stand in for parameters
runtime.startNew(tasks.Vacuum, { priority: 1 })

// Wrong parameters
// @ts-expect-error: a property is missing
runtime.startNew(tasks.CountWords, {})
// @ts-expect-error: a property has another type
runtime.startNew(tasks.CountWords, { text: 7 })
// @ts-expect-error: a property too many, perhaps a misspelt optional one
runtime.startNew(tasks.CountWords, { text: 'a', langauge: 'en' })
// @ts-expect-error: exactOptionalPropertyTypes reaches parameters too
runtime.startNew(tasks.CountWords, { text: 'a', fold: undefined })
// @ts-expect-error: null is not nothing
runtime.startNew(tasks.Vacuum, null)

// The wrong one of the two
// @ts-expect-error: CountRows requires a user connection
runtime.startNew(tasks.CountRows, { year: 2026 })
// @ts-expect-error: WhoAmI requires a user connection
runtime.startNew(tasks.WhoAmI)
// @ts-expect-error: CountWords takes no user connection
runtime.startNewWithUserConnection(tasks.CountWords, { text: 'a' }, { user })
// @ts-expect-error: Vacuum takes no user connection
runtime.startNewWithUserConnection(tasks.Vacuum, undefined, { user })

// startNewWithUserConnection
expectTypeOf(runtime.startNewWithUserConnection(tasks.CountRows, { year: 2026 }, { user })).toEqualTypeOf<
  TaskHandle<{ rows: number }>
>()
expectTypeOf(runtime.startNewWithUserConnection(tasks.WhoAmI)).toEqualTypeOf<TaskHandle<string>>()
// @ts-expect-error: parameters are missing
runtime.startNewWithUserConnection(tasks.CountRows)
// @ts-expect-error: wrong parameters
runtime.startNewWithUserConnection(tasks.CountRows, { year: '2026' }, { user })

// No reference at all
class Here {
  run(): void {}
}
// @ts-expect-error: a class cannot cross to a thread; its reference can
runtime.startNew(Here)
// @ts-expect-error: neither can a function
runtime.startNew(() => 1)

// Call options
// @ts-expect-error: a user has an id
runtime.startNew(tasks.Vacuum, undefined, { user: { name: 'Ada' } })
// @ts-expect-error: no such option
runtime.startNew(tasks.Vacuum, undefined, { timeOut: 5 })
// @ts-expect-error: ms, not text
runtime.startNew(tasks.Vacuum, undefined, { timeout: '5s' })

// Runtime options
// @ts-expect-error: no such option
new TaskRuntime({ thread: { recycleafter: 1 } })
// @ts-expect-error: a module, not a function
new TaskRuntime({ userConnections: () => ({}) })
new TaskRuntime({ threads: undefined, timeout: undefined, queue: { limit: undefined } })

// runAs
expectTypeOf(runtime.runAs(user, () => 'text')).toEqualTypeOf<string>()
expectTypeOf(runtime.runAs(user, async () => 1)).toEqualTypeOf<Promise<number>>()
// @ts-expect-error: a user has an id
runtime.runAs({}, () => 1)

// References vary as functions do: by parameters inwards, by results outwards.
declare const wide: TaskReference<{ readonly a: number } | string, { b: number; c: number }, 'no user connection'>
expectTypeOf(wide).toExtend<TaskReference<string, { b: number }, ConnectionNeed>>()
expectTypeOf(wide).not.toExtend<TaskReference<boolean, { b: number }, ConnectionNeed>>()
expectTypeOf(wide).not.toExtend<TaskReference<string, { d: number }, ConnectionNeed>>()
expectTypeOf(wide).not.toExtend<TaskReference<string, { b: number }, 'user connection'>>()
