import { Gauge, type Registry } from 'prom-client';
import { type ClockTrouble, clockTroubleKinds } from '../../../core/server-clock';

/** Registers whether the server's own clock looks wrong, read at each scrape. */
export function registerClockMetrics(register: Registry, trouble: () => ClockTrouble | null): void {
  new Gauge({
    name: 'rauc_server_clock_wrong',
    help: "1 while the server's clock looks wrong: it jumped, or is behind the time when the server last ran",
    labelNames: ['why'] as const,
    registers: [register],
    collect() {
      const kind = trouble()?.kind;
      for (const why of clockTroubleKinds) this.set({ why }, why === kind ? 1 : 0);
    },
  });
}
