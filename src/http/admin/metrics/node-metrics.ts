import { Gauge, type Registry } from 'prom-client';
import type { NodeStatus } from '../../../ports/nodes';

/** Registers the state of this server among those that share the database, read at each scrape. */
export function registerNodeMetrics(register: Registry, status: () => NodeStatus): void {
  const registers = [register];
  new Gauge({
    name: 'rauc_node_leader',
    help: '1 on the server that leads, which advances rollouts and does the other work that only one server may do; 0 on the others',
    registers,
    collect() {
      this.set(status().isLeader ? 1 : 0);
    },
  });
  new Gauge({
    name: 'rauc_catalog_version',
    help: 'Version of the releases that this server offers; servers with the same number offer the same releases',
    registers,
    collect() {
      this.set(status().catalogVersion);
    },
  });
}
