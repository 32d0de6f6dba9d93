import type {
  BackgroundTask,
  ConnectionThread,
  TaskContext,
  User,
  UserConnection,
  UserConnectionModule,
  UserConnectionRequired,
} from 'offmain/task'
import { expectTypeOf } from 'vitest'

// A task may return its result or a promise of it.
class Sync implements BackgroundTask<number, string> {
  run(parameters: number): string {
    return String(parameters)
  }
}
class Later implements BackgroundTask<number, string> {
  async run(parameters: number): Promise<string> {
    return String(parameters)
  }
}
expectTypeOf<Sync>().toExtend<BackgroundTask<number, string>>()
expectTypeOf<Later>().toExtend<BackgroundTask<number, string>>()

// Parameters vary inwards, results outwards.
expectTypeOf<BackgroundTask<number | string, 1>>().toExtend<BackgroundTask<number, number>>()
expectTypeOf<BackgroundTask<number, number>>().not.toExtend<BackgroundTask<number | string, number>>()
expectTypeOf<BackgroundTask<number, number>>().not.toExtend<BackgroundTask<number, string>>()

class WrongResult implements BackgroundTask<number, string> {
  // @ts-expect-error: the result is another one
  run(parameters: number): number {
    return parameters
  }
}
// @ts-expect-error: run is missing
class NoRun implements BackgroundTask<number> {}
// @ts-expect-error: setUserConnection is missing
class NoSetter implements UserConnectionRequired {}
expectTypeOf<WrongResult | NoRun | NoSetter>().not.toBeNever()

expectTypeOf<TaskContext['signal']>().toEqualTypeOf<AbortSignal>()
expectTypeOf<TaskContext['user']>().toEqualTypeOf<User | undefined>()
expectTypeOf<TaskContext['taskId']>().toBeNumber()
expectTypeOf<TaskContext['progress']>().toEqualTypeOf<(value: unknown) => void>()
expectTypeOf<UserConnection>().toExtend<User>()
expectTypeOf<User['claims']>().toEqualTypeOf<Readonly<Record<string, unknown>> | undefined>()
// @ts-expect-error: exactOptionalPropertyTypes: leave it out instead
export const nameless: User = { id: 'u', name: undefined }

// The connection module: open is required, the rest is optional, all may be asynchronous.
export default {
  open: (user, thread) => {
    expectTypeOf(user).toEqualTypeOf<User>()
    expectTypeOf(thread).toEqualTypeOf<ConnectionThread>()
    return new Map([[user.id, thread.threadId]])
  },
  reset: async (connection) => connection.clear(),
} satisfies UserConnectionModule<Map<string, number>>
// @ts-expect-error: open is missing
export const closed: UserConnectionModule<string> = { close: () => {} }
