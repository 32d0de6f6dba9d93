import { encode } from '../src/contract/codec.js'
import { ControlBlock } from '../src/contract/control-block.js'
import { ConnectionUse, encodeFrame, FrameReader } from '../src/contract/frame.js'
import { Outbox, type Report } from '../src/contract/outbox.js'
import { CallRun, STEPS, type Surroundings } from './run-task.js'

/**
 * Takes a call that does nothing through all steps, on memory of its own: V8 compiles what runs for the first time, and
 * the call that this thread is to take over from one that was stopped need not wait for that.
 */
export function rehearse(around: Surroundings): Report {
  const control = new ControlBlock()
  const outbox = new Outbox()
  const stage: Surroundings = {
    ...around,
    control,
    load: () => ({ create: Nothing, needsConnection: false, timeoutMs: 0 }),
    postProgress: () => {},
  }
  const frame = new FrameReader(encodeFrame(0, [CALL], undefined), [])
  control.claim(0)
  const run = new CallRun(frame.read(0), 'Nothing', 0, undefined)
  for (const step of STEPS) void step(run, stage)
  run.context?.end()
  const report = run.report(control)
  outbox.write(0, report)
  control.end(0)
  return report
}

class Nothing {
  run(parameters: unknown): unknown {
    return parameters
  }
}

const CALL = {
  id: 0,
  taskKey: 0,
  userKey: 0,
  connection: ConnectionUse.none,
  parameters: encode({ text: 'nothing', list: [1, 2.5, null], flag: true }).bytes,
  attachments: undefined,
}
