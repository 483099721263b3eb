import { parseCompatible } from '../../../core/bundle';
import type { DeviceFacts } from '../../../core/device-facts';
import type { Installation } from '../../../core/installation';
import { reportOf } from '../../../core/report';
import type { Handler } from '../kernel/handler';
import { byCertificate, type Protocol, type ProtocolKit } from '../kernel/protocol';
import { sendJson } from '../kernel/send-json';
import { readContact } from './device-facts';
import { isTold, parseReport, type ReportBody, reportLimitBytes, runningVersionOf } from './report-body';

/** `POST /api/v1/status`: a report by a script on a device. It may come again, late, and in any order. */
export const status: Protocol = {
  name: 'status',
  authenticate: byCertificate,
  limits: null,
  routes: (kit) => [
    {
      method: 'POST',
      path: '/api/v1/status',
      bodyLimitBytes: reportLimitBytes,
      handler: createStatusHandler(kit),
    },
  ],
};

function createStatusHandler({ services: { deviceEvents }, now, counters }: ProtocolKit): Handler {
  counters.beginReports();
  return async (exchange, { device, readBody }) => {
    const report = parseReport(await readBody());
    const running = runningVersionOf(report);
    const contact = readContact(exchange, now());
    const facts: Partial<DeviceFacts> = {
      ...contact.facts,
      ...(running === null ? {} : { systemVersion: running }),
      ...(isTold(report.boot_id) ? { bootId: report.boot_id.toLowerCase() } : {}),
      ...(isTold(report.compatible) ? { compatible: parseCompatible(report.compatible) } : {}),
    };
    const event = reportOf(report.state, {
      contact: { ...contact, facts, transactionId: null },
      transactionId: isTold(report.transaction_id) ? report.transaction_id : contact.transactionId,
      progressPercent: report.progress ?? null,
      message: isTold(report.message) ? report.message : null,
      log: report.log ?? null,
    });
    const installation = await deviceEvents.take(device, event);
    counters.countReport(report.state);
    sendJson(exchange, {
      installation: installation === null ? null : present(installation),
      ...understoodOf(report, running),
      ...hintsOf(report, facts, installation),
    });
  };
}

/** How the report's versions were understood; left out of the answer to a report without any. */
function understoodOf({ installed_version: installed }: ReportBody, running: string | null): object {
  if (running === null && !isTold(installed)) return {};
  return {
    understood: { running_version: running, installed_version: isTold(installed) ? installed : null },
  };
}

/** What the script should also send. */
function hintsOf(
  { state, installed_version: installed }: ReportBody,
  { bootId }: Partial<DeviceFacts>,
  installation: Installation | null,
): object {
  const hints: string[] = [];
  if (state === 'good' && bootId === undefined)
    hints.push(
      'boot_id is missing: without it, or RAUC-Boot-ID, the server cannot see a boot into the same version',
    );
  const target = installation?.targetVersion ?? null;
  if (isTold(installed) && target !== null && installed !== target)
    hints.push(`installed_version is ${installed}, but the installation is of ${target}`);
  return hints.length === 0 ? {} : { hints };
}

function present({ id, bundleName, state, targetVersion, attempts }: Installation): object {
  return { id, bundle: bundleName, state, version: targetVersion, attempts };
}
