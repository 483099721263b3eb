import { Counter, Gauge, type Registry } from 'prom-client';
import type { ChoreStatus } from '../../../core/chore';

/** Registers metrics of the server's chores, read at each scrape. */
export function registerChoreMetrics(register: Registry, chores: () => readonly ChoreStatus[]): void {
  const labelNames = ['chore'] as const;
  const registers = [register];
  new Gauge({
    name: 'rauc_chore_last_success_seconds',
    help: 'When a chore of the server last succeeded, in seconds since 1970; missing until it has once',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name, lastSuccessAt } of chores()) {
        if (lastSuccessAt !== null) this.set({ chore: name }, Math.floor(lastSuccessAt.getTime() / 1000));
      }
    },
  });
  new Counter({
    name: 'rauc_chore_failures_total',
    help: 'Runs of a chore since the server started that failed or did not end in time',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name, failures } of chores()) this.inc({ chore: name }, failures);
    },
  });
  new Gauge({
    name: 'rauc_chore_duration_seconds',
    help: 'How long the last run of a chore took',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name, lastDurationMs } of chores()) {
        if (lastDurationMs !== null) this.set({ chore: name }, lastDurationMs / 1000);
      }
    },
  });
}
