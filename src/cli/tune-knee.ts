export interface CurvePoint {
  readonly threads: number
  /** Calls per second. */
  readonly throughput: number
}

/**
 * The knee of the curve: the fewest threads whose throughput is within 5 % of the best. The 5 % are for the noise of the
 * machine as much as for what a thread is worth: memory, and cores that others could use.
 *
 * @returns `undefined` when nothing was completed at any size
 */
export function findKnee<Point extends CurvePoint>(curve: readonly Point[]): Point | undefined {
  const usable = curve.filter(({ throughput }) => throughput > 0 && Number.isFinite(throughput))
  const best = Math.max(...usable.map(({ throughput }) => throughput))
  return usable
    .filter(({ throughput }) => throughput >= best * GOOD_ENOUGH)
    .reduce<Point | undefined>((least, point) => (least && least.threads <= point.threads ? least : point), undefined)
}

const GOOD_ENOUGH = 0.95
