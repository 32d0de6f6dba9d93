import { parseThreads } from '../options.js'

/**
 * The `threads` option for `--threads`; `undefined` leaves `OFFMAIN_THREADS`, or else the default, to decide.
 *
 * The runtime lets the environment override its option, which suits an embedding application. Here the flag is what was
 * said last and nearest, so it wins: the variable is taken out of this process's environment.
 *
 * @throws InvalidOptionError
 */
export function threadCount(
  flag: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): { readonly min: number; readonly max: number } | undefined {
  if (flag === undefined) return undefined
  const threads = parseThreads('--threads', flag)
  delete environment.OFFMAIN_THREADS
  return threads
}
