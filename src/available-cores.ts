import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/**
 * How many threads can really run at once: the process's CPU affinity (`os.availableParallelism`), capped by the
 * container's quota, which Node 20 does not see.
 *
 * Sources: cgroup v2 `cpu.max` (`"200000 100000"`: quota and period in µs, or `"max …"`), cgroup v1
 * `cpu.cfs_quota_us` and `cpu.cfs_period_us`. Of a nested group every ancestor's quota applies.
 *
 * @param root where `/proc` and `/sys` are; another folder in tests
 */
export function availableCores(root = '/'): number {
  const cores = availableParallelism()
  return Math.max(1, Math.min(cores, Math.ceil(cpuQuota(root))))
}

/** The quota in cores, `Infinity` for none. */
export function cpuQuota(root: string): number {
  let quota = Number.POSITIVE_INFINITY
  for (const line of read(join(root, 'proc/self/cgroup')).split('\n')) {
    const [hierarchy, controllers = '', path = '/'] = line.split(':')
    if (hierarchy === '0') {
      for (const folder of withAncestors(join(root, 'sys/fs/cgroup'), path)) quota = Math.min(quota, quotaV2(folder))
    } else if (controllers.split(',').includes('cpu')) {
      for (const folder of withAncestors(join(root, 'sys/fs/cgroup/cpu'), path))
        quota = Math.min(quota, quotaV1(folder))
    }
  }
  return quota
}

function quotaV2(folder: string): number {
  const [quota, period] = read(join(folder, 'cpu.max')).trim().split(' ')
  return ratio(quota, period)
}

function quotaV1(folder: string): number {
  return ratio(read(join(folder, 'cpu.cfs_quota_us')).trim(), read(join(folder, 'cpu.cfs_period_us')).trim())
}

function ratio(quota: string | undefined, period: string | undefined): number {
  const cores = Number(quota) / Number(period)
  return cores > 0 ? cores : Number.POSITIVE_INFINITY
}

/** The group's folder and those above it: inside a container the path may not exist, and the root one is ours. */
function withAncestors(base: string, path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..')
  return [base, ...parts.map((_, index) => join(base, ...parts.slice(0, index + 1)))]
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
