import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { availableCores, cpuQuota } from '../src/available-cores.js'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'offmain-cores-'))
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

function files(contents: Record<string, string>): void {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

describe('the quota in cores', () => {
  it('is endless where there are no cgroups', () => {
    expect(cpuQuota(root)).toBe(Number.POSITIVE_INFINITY)
  })

  it.each([
    ['200000 100000\n', 2],
    ['150000 100000\n', 1.5],
    ['50000 100000\n', 0.5],
    ['max 100000\n', Number.POSITIVE_INFINITY],
    ['', Number.POSITIVE_INFINITY],
    ['rubbish', Number.POSITIVE_INFINITY],
    ['0 100000', Number.POSITIVE_INFINITY],
  ])('by cgroup v2 `cpu.max` of %j is %d', (text, cores) => {
    files({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': text })
    expect(cpuQuota(root)).toBe(cores)
  })

  it('of a nested group is the smallest of its ancestors', () => {
    files({
      'proc/self/cgroup': '0::/system.slice/app.service/inner\n',
      'sys/fs/cgroup/system.slice/cpu.max': '400000 100000',
      'sys/fs/cgroup/system.slice/app.service/cpu.max': '100000 100000',
      'sys/fs/cgroup/system.slice/app.service/inner/cpu.max': 'max 100000',
    })
    expect(cpuQuota(root)).toBe(1)
  })

  it('inside a container, where the path of the group is not there, is that of the root group', () => {
    files({ 'proc/self/cgroup': '0::/../../docker/abc\n', 'sys/fs/cgroup/cpu.max': '300000 100000' })
    expect(cpuQuota(root)).toBe(3)
  })

  it.each([
    ['250000', '100000', 2.5],
    ['-1', '100000', Number.POSITIVE_INFINITY],
  ])('by cgroup v1 of %s µs in %s is %d', (quota, period, cores) => {
    files({
      'proc/self/cgroup': '5:memory:/app\n4:cpu,cpuacct:/app\n1:name=systemd:/\n',
      'sys/fs/cgroup/cpu/app/cpu.cfs_quota_us': `${quota}\n`,
      'sys/fs/cgroup/cpu/app/cpu.cfs_period_us': `${period}\n`,
    })
    expect(cpuQuota(root)).toBe(cores)
  })

  it('is not taken from a controller that is not cpu', () => {
    files({
      'proc/self/cgroup': '3:cpuset:/\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '1',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '1',
    })
    expect(cpuQuota(root)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('available cores', () => {
  it('are those of the process where there is no quota', () => {
    expect(availableCores(root)).toBe(availableParallelism())
  })

  it('are at least one, however small the quota', () => {
    files({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '1000 100000' })
    expect(availableCores(root)).toBe(1)
  })

  it('are never more than the process has, however large the quota', () => {
    files({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '99900000 100000' })
    expect(availableCores(root)).toBe(availableParallelism())
  })

  it('round a broken quota up', () => {
    files({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '110000 100000' })
    expect(availableCores(root)).toBe(Math.min(2, availableParallelism()))
  })
})
