import { Counter, Gauge, type Registry } from 'prom-client';
import { budgets } from '../../../core/budget';
import { refusalCauses } from '../../../core/connection-refusal';
import type { DeviceCounts } from '../server';
import type { ProtocolCounts } from './counters';

/** Registers the device listener's counters as Prometheus metrics, read at each scrape. */
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
  const labelled = (
    name: string,
    help: string,
    labelNames: string[],
    values: (counts: DeviceCounts) => readonly (readonly [Record<string, string>, number])[],
  ) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const [labels, count] of values(counts())) this.inc(labels, count);
      },
    });
  const byProtocol = (
    name: string,
    help: string,
    labelNames: string[],
    values: (counts: ProtocolCounts) => readonly (readonly [Record<string, string>, number])[],
  ) =>
    labelled(name, help, ['protocol', ...labelNames], ({ protocols }) =>
      [...protocols].flatMap(([protocol, counts]) =>
        values(counts).map(([labels, count]) => [{ protocol, ...labels }, count] as const),
      ),
    );
  gauge('rauc_device_connections', 'Open connections from devices', (now) => now.connections);
  gauge(
    'rauc_device_open_requests',
    'Requests from devices that are being answered',
    (now) => now.openRequests,
  );
  gauge(
    'rauc_device_waiting_connections',
    'Connections waiting for their TLS handshake because many came from one address',
    (now) => now.waitingConnections,
  );
  counter(
    'rauc_device_replaced_connections_total',
    'Idle or stuck connections closed to make room for a new one from the same device',
    (now) => now.replacedConnections,
  );
  gauge(
    'rauc_device_unsent_bytes',
    'Bytes of bundles read into memory and not sent yet',
    (now) => now.unsentBytes,
  );
  byProtocol('rauc_device_requests_total', 'Requests from devices', [], ({ requests }) => [[{}, requests]]);
  labelled(
    'rauc_device_refused_connections_total',
    'Connections refused in the TLS handshake or right after it, by cause',
    ['cause'],
    ({ refusals }) => refusalCauses.map((cause) => [{ cause }, refusals.get(cause) ?? 0]),
  );
  byProtocol(
    'rauc_device_offers_total',
    'Answers to devices that asked what to install: "offered", or the reason why nothing was',
    ['answer'],
    ({ offers }) => [...offers].map(([answer, count]) => [{ answer }, count]),
  );
  byProtocol('rauc_device_polls_total', "Polls from RAUC's own poller", ['answer'], ({ polls }) =>
    [...polls].map(([answer, count]) => [{ answer }, count]),
  );
  byProtocol('rauc_device_reports_total', 'Reports accepted from devices', ['state'], ({ reports }) =>
    [...reports].map(([state, count]) => [{ state }, count]),
  );
  labelled(
    'rauc_device_over_budget_total',
    'How often a device or an address exceeded a limit, by limit',
    ['budget'],
    ({ overBudget }) => budgets.map((budget) => [{ budget }, overBudget.get(budget) ?? 0]),
  );
  byProtocol('rauc_bundle_requests_total', 'Requests answered with bundle content', [], ({ bundles }) =>
    bundles === null ? [] : [[{}, bundles.requests]],
  );
  byProtocol('rauc_bundle_sent_bytes_total', 'Bytes of bundles sent to devices', [], ({ bundles }) =>
    bundles === null ? [] : [[{}, bundles.bytes]],
  );
}
