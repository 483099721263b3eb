import { Counter, Gauge, type Registry } from 'prom-client';
import type { ServerCertificateStatus } from '../../../services/certificates/server-certificate';

/** Registers metrics of the server's certificate, read at each scrape. */
export function registerCertificateMetrics(register: Registry, status: () => ServerCertificateStatus): void {
  const registers = [register];
  new Gauge({
    name: 'rauc_server_certificate_not_after_seconds',
    help: 'When the server certificate in use expires, in seconds since 1970',
    registers,
    collect() {
      this.set(Math.floor(status().notAfter.getTime() / 1000));
    },
  });
  new Gauge({
    name: 'rauc_server_certificate_renewal_failing',
    help: '1 while the server certificate is in its last 30 days and cannot renew itself',
    registers,
    collect() {
      this.set(status().renewalProblem === null ? 0 : 1);
    },
  });
  new Gauge({
    name: 'rauc_server_certificate_held_back',
    help: '1 while a new server certificate is not used, because it has expired or lacks a name that devices ask for',
    registers,
    collect() {
      this.set(status().heldBack === null ? 0 : 1);
    },
  });
  new Counter({
    name: 'rauc_server_certificate_renewals_total',
    help: 'Renewals of the server certificate by the server itself since it started, by outcome',
    labelNames: ['outcome'] as const,
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(status().renewals)) this.inc({ outcome }, count);
    },
  });
}
