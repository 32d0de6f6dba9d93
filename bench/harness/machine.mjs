import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

const PACKAGES = ['piscina', 'msgpackr', 'tinypool', 'workerpool', 'poolifier']

/** The number of threads every pool gets. */
export const THREADS = Math.max(2, availableParallelism())

/** What figures depend on. */
export function describeMachine() {
  const version = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')).version
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    threads: THREADS,
    versions: Object.fromEntries([
      ['offmain', version('../../package.json')],
      ...PACKAGES.map((name) => [name, version(`../../node_modules/${name}/package.json`)]),
    ]),
  }
}
