import type { BackgroundTask, TaskContext, UserConnection, UserConnectionRequired } from 'offmain/task'

/** Takes parameters, gives a result later, no connection. */
export class CountWords implements BackgroundTask<{ readonly text: string; readonly fold?: boolean }, number> {
  async run({ text }: { readonly text: string; readonly fold?: boolean }, context: TaskContext): Promise<number> {
    context.progress(text.length)
    return text.split(' ').length
  }
}

/** Takes nothing, gives nothing. */
export class Vacuum implements BackgroundTask<void> {
  run(): void {}
}

/** Its parameters may be left out. */
export class Greet implements BackgroundTask<string | undefined, string> {
  run(name?: string): string {
    return `Hello ${name ?? 'you'}`
  }
}

export class Rows {
  readonly #rows: readonly string[] = []
  count(): number {
    return this.#rows.length
  }
}

/** Requires a connection of its own kind. */
export class CountRows
  implements BackgroundTask<{ readonly year: number }, { rows: number }>, UserConnectionRequired<Rows>
{
  #connection: Rows | undefined
  setUserConnection(connection: Rows): void {
    this.#connection = connection
  }
  run({ year }: { readonly year: number }): { rows: number } {
    return { rows: year + (this.#connection?.count() ?? 0) }
  }
}

/** Requires the connection that is the user's identity alone. */
export class WhoAmI implements BackgroundTask<void, string>, UserConnectionRequired {
  #connection: UserConnection | undefined
  setUserConnection(connection: UserConnection): void {
    this.#connection = connection
  }
  run(): string {
    return this.#connection?.id ?? ''
  }
}

/** Implements the interface by its shape. */
export class Unannounced {
  run(parameters: readonly number[]): bigint {
    return BigInt(parameters.length)
  }
}

export class NeedsArguments implements BackgroundTask<void> {
  constructor(readonly wanted: number) {}
  run(): void {}
}

export class NoTask {
  walk(): void {}
}

export const constant = 1

export function plainFunction(): void {}
