import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectionCounts } from '../kernel/connection-share';

/** Registers metrics of the admin listener's connections, read at each scrape. */
export function registerConnectionMetrics(register: Registry, counts: () => ConnectionCounts): void {
  const registers = [register];
  new Gauge({
    name: 'rauc_admin_connections',
    help: 'Open connections to the admin listener; those of trusted proxies are not counted',
    registers,
    collect() {
      this.set(counts().connections);
    },
  });
  new Counter({
    name: 'rauc_admin_refused_connections_total',
    help: 'Connections answered with 429, because their address had reached its limit',
    registers,
    collect() {
      this.reset();
      this.inc(counts().refused);
    },
  });
  new Counter({
    name: 'rauc_admin_replaced_connections_total',
    help: 'Idle connections closed to make room for a new one from the same address',
    registers,
    collect() {
      this.reset();
      this.inc(counts().replaced);
    },
  });
}
