import { Counter, Gauge, Histogram, collectDefaultMetrics, type Registry } from 'prom-client';
import { type WrongTokenAnswer, wrongTokenAnswers } from '../access/check-token';
import type { ListBundles } from '../../../services/catalog/list-bundles';

export interface AdminMetrics {
  count(request: {
    readonly method: string;
    /** A route's pattern, never a path: labels must stay few. */
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  countWrongToken(answer: WrongTokenAnswer): void;
}

const countedMethods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']);

/** Registers metrics of the process, of what is stored, and of this listener. */
export function createAdminMetrics(register: Registry, bundles: ListBundles): AdminMetrics {
  collectDefaultMetrics({ register });
  const registers = [register];
  new Gauge({
    name: 'rauc_bundles',
    help: 'Stored bundles',
    registers,
    collect() {
      this.set(bundles.list().length);
    },
  });
  new Gauge({
    name: 'rauc_bundle_bytes',
    help: 'Bytes of all stored bundles',
    registers,
    collect() {
      this.set(bundles.list().reduce((sum, { bundle }) => sum + bundle.sizeBytes, 0));
    },
  });
  new Gauge({
    name: 'rauc_releases',
    help: 'Current releases, one for each compatible and channel',
    registers,
    collect() {
      this.set(bundles.releases().length);
    },
  });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'rauc_admin_requests_total',
    help: 'Requests to the admin listener',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'rauc_admin_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['route'] as const,
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 600, 3600],
    registers,
  });
  const wrongTokens = new Counter({
    name: 'rauc_admin_wrong_tokens_total',
    help: 'Wrong tokens received: refused, or answered with 429 because the address had sent too many',
    labelNames: ['answer'] as const,
    registers,
  });
  for (const answer of wrongTokenAnswers) wrongTokens.inc({ answer }, 0);
  return {
    countWrongToken: (answer) => wrongTokens.inc({ answer }),
    count({ method, route, status, seconds }) {
      const counted = countedMethods.has(method) ? method : 'other';
      requests.inc({ method: counted, route, status: String(status) });
      durations.observe({ route }, seconds);
    },
  };
}
