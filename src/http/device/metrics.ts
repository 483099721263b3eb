import { Counter, Gauge, type Registry } from 'prom-client';
import type { DeviceCounts } from './server';

/** Shows the device listener's counts as Prometheus metrics, read when they are asked for. */
export function registerDeviceMetrics(register: Registry, counts: () => DeviceCounts): void {
  const registers = [register];
  const gauge = (name: string, help: string, value: (counts: DeviceCounts) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(counts()));
      },
    });
  const counter = (name: string, help: string, value: (counts: DeviceCounts) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(counts()));
      },
    });
  gauge('rauc_device_connections', 'Open connections of devices', (now) => now.connections);
  gauge(
    'rauc_device_open_requests',
    'Requests of devices that are being answered',
    (now) => now.openRequests,
  );
  counter('rauc_device_requests_total', 'Requests of devices', (now) => now.requests);
  counter(
    'rauc_device_refused_connections_total',
    'Connections refused in the TLS handshake or right after it',
    (now) => now.refusedConnections,
  );
  counter(
    'rauc_bundle_requests_total',
    'Requests answered with bytes of a bundle',
    (now) => now.bundleRequests,
  );
  counter(
    'rauc_bundle_sent_bytes_total',
    'Bytes of bundles that devices asked for and got',
    (now) => now.bundleBytes,
  );
}
