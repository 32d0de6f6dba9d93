// What offmain is to reach. `against` names whom its figure is divided by: the best of those, or itself in another case.
import { INLINE, OTHER_PEERS, PEERS, PISCINA } from './contestants/index.mjs'

/**
 * @typedef {object} Aim
 * @property {string} bench
 * @property {string} case
 * @property {string} metric
 * @property {readonly string[]} [against] contestants; without it and `againstCase` the figure counts as it is
 * @property {string} [againstCase]
 * @property {number} [atLeast]
 * @property {number} [atMost]
 */

/** @type {readonly Aim[]} */
export const AIMS = [
  { bench: 'dispatch', case: '256 in flight', metric: 'throughput', against: [PISCINA], atLeast: 12 },
  { bench: 'dispatch', case: '256 in flight', metric: 'throughput', against: OTHER_PEERS, atLeast: 5 },
  { bench: 'dispatch', case: '256 in flight', metric: 'main', against: [PISCINA], atMost: 0.1 },
  { bench: 'dispatch', case: '1 in flight', metric: 'latency', against: [PISCINA], atMost: 1.15 },
  { bench: 'payload', case: '1000 rows', metric: 'main', against: [PISCINA], atMost: 0.45 },
  { bench: 'payload', case: '1000 rows', metric: 'roundTrip', against: [PISCINA], atMost: 0.7 },
  { bench: 'payload', case: '16 MiB, transferred', metric: 'roundTrip', against: [PISCINA], atMost: 1.1 },
  { bench: 'scaling', case: '10 ms', metric: 'on2', against: [INLINE], atLeast: 1.85 },
  { bench: 'mixed', case: 'long and short, a task class each', metric: 'total', against: PEERS, atMost: 1 },
  { bench: 'mixed', case: 'long and short, one task class', metric: 'total', against: PEERS, atMost: 1 },
  { bench: 'startup', case: 'cold', metric: 'imported', against: [PISCINA], atMost: 1.2 },
  { bench: 'memory', case: '1 000 000 queued', metric: 'beside', atMost: 400 },
  { bench: 'memory', case: '1 000 000 queued', metric: 'time', againstCase: '10 000 queued', atMost: 1.5 },
  { bench: 'stop', case: 'an endless loop', metric: 'outcomeP99', atMost: 100 },
  { bench: 'stop', case: 'an endless loop', metric: 'next', atMost: 15 },
  { bench: 'stop', case: 'an endless loop', metric: 'next', against: [PISCINA], atMost: 0.25 },
  { bench: 'innocents', case: 'under attack', metric: 'p99', againstCase: 'without attack', atMost: 4 },
  { bench: 'innocents', case: 'under attack', metric: 'completed', atLeast: 100 },
  { bench: 'watchdog', case: 'offmain', metric: 'throughput', against: ['offmain, no limits'], atLeast: 0.98 },
]
