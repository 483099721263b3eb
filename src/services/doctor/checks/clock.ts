import { finding } from '../../../core/reasons/doctor/sentences';
import type { Clock } from '../../../ports/clock';
import type { Check } from '../check';
import type { Installation } from '../installation';

export interface ClockPorts {
  readonly installation: Pick<Installation, 'database'>;
  readonly now: Clock;
}

/** A clock step this small is not worth reporting. */
const toleranceMs = 5 * 60_000;
/** A clock earlier than this was never set. */
const plausibleSince = new Date('2024-01-01T00:00:00Z');

/** Whether this machine's clock can be right. */
export function clockCheck({ installation, now }: ClockPorts): Check {
  return {
    name: 'clock',
    async run(report) {
      const at = now();
      if (at < plausibleSince) report.error('clock', finding('clock-never-set', { at: at.toISOString() }));
      const database = await installation.database();
      const last = database.kind === 'read' ? database.lastEventAt : null;
      if (last === null || last.getTime() <= at.getTime() + toleranceMs) return;
      const told = { at: at.toISOString(), last: last.toISOString() };
      report.error('clock', finding('clock-behind-journal', told));
    },
  };
}
