import { z } from 'zod';
import { decodeUtf8 } from '../../../base/text/utf8';
import { parseCompatible } from '../../../core/bundle';
import type { DeviceFacts } from '../../../core/device-facts';
import { DomainError } from '../../../core/errors';
import type { Installation } from '../../../core/installation';
import { reportStates } from '../../../core/report';
import { reportLogLimitBytes, type RecordReport } from '../../../services/offers/record-report';
import { readContact } from './device-facts';
import type { Exchange } from '../transport/exchange';
import type { Handler } from '../kernel/handler';
import { sendJson } from '../kernel/send-json';
import type { Counters } from '../kernel/counters';

export interface StatusPorts {
  readonly recordReport: RecordReport;
  readonly now: () => Date;
  readonly counters: Pick<Counters, 'countReport'>;
  /** How long a report may take to arrive, in milliseconds. */
  readonly bodyTimeoutMs: number;
}

/** A log of control characters is six times as long in JSON. */
const bodyLimitBytes = 6 * reportLogLimitBytes + (16 << 10);

const noControls = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;
const word = z.string().trim().max(256).regex(noControls, 'has control characters').nullish();

const reportSchema = z.object({
  state: z.enum(reportStates),
  // What runs, as the next: scripts from before the two had names send it.
  version: word,
  running_version: word,
  installed_version: word,
  boot_id: word,
  compatible: word,
  transaction_id: word,
  progress: z.number().min(0).max(100).nullish(),
  message: z
    .string()
    .max(1024)
    .transform((text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim())
    .nullish(),
  log: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= reportLogLimitBytes, {
      error: `is longer than ${reportLogLimitBytes} bytes`,
    })
    // The database would end the text there.
    .transform((text) => text.replaceAll('\0', '\u2400'))
    .nullish(),
});

/** Reports of one device that are read at the same time: each may be half a megabyte. */
const maxAtOnce = 8;

/** `POST /api/v1/status`: what a script on a device reports. It may report again, late, and in any order. */
export function createStatusHandler({ recordReport, now, counters, bodyTimeoutMs }: StatusPorts): Handler {
  const reading = new Map<string, number>();

  /** @throws DomainError `too-many-requests`, and those of the exchange */
  async function readBody(exchange: Exchange): Promise<Buffer> {
    const { id } = exchange.connection.identity;
    const others = reading.get(id) ?? 0;
    if (others >= maxAtOnce)
      throw new DomainError('too-many-requests', `${others} reports of this device are being read`, {
        remedy: 'Send one report after the other.',
      });
    reading.set(id, others + 1);
    try {
      return await exchange.readBody(bodyLimitBytes, bodyTimeoutMs);
    } finally {
      const left = (reading.get(id) ?? 1) - 1;
      if (left > 0) reading.set(id, left);
      else reading.delete(id);
    }
  }

  return async (exchange) => {
    const report = parseReport(await readBody(exchange));
    const running = runningVersionOf(report);
    const contact = readContact(exchange, now());
    const facts: Partial<DeviceFacts> = {
      ...contact.facts,
      ...(running === null ? {} : { systemVersion: running }),
      ...(isTold(report.boot_id) ? { bootId: report.boot_id.toLowerCase() } : {}),
      ...(isTold(report.compatible) ? { compatible: parseCompatible(report.compatible) } : {}),
    };
    const transactionId = isTold(report.transaction_id) ? report.transaction_id : contact.transactionId;
    const installation = await recordReport.report(
      exchange.connection.identity,
      { ...contact, facts, transactionId: null },
      {
        state: report.state,
        transactionId,
        progressPercent: report.progress ?? null,
        message: isTold(report.message) ? report.message : null,
      },
      report.log ?? null,
    );
    counters.countReport(report.state);
    sendJson(exchange, {
      installation: installation === null ? null : present(installation),
      ...understoodOf(report, running),
      ...hintsOf(report, facts, installation),
    });
  };
}

type ReportBody = z.infer<typeof reportSchema>;

/** @throws DomainError `invalid-input` when the report names two versions that run */
function runningVersionOf({ version, running_version: running }: ReportBody): string | null {
  if (isTold(version) && isTold(running) && version !== running)
    throw new DomainError(
      'invalid-input',
      `"version" says ${version}, and "running_version" says ${running}`,
      {
        remedy: 'Send "running_version" for what runs and "installed_version" for what was installed.',
      },
    );
  if (isTold(running)) return running;
  return isTold(version) ? version : null;
}

/** Which version was taken for what; left out of the answer to a report without any. */
function understoodOf({ installed_version: installed }: ReportBody, running: string | null): object {
  if (running === null && !isTold(installed)) return {};
  return {
    understood: { running_version: running, installed_version: isTold(installed) ? installed : null },
  };
}

/** What a script should send beside. */
function hintsOf(
  { state, installed_version: installed }: ReportBody,
  { bootId }: Partial<DeviceFacts>,
  installation: Installation | null,
): object {
  const hints: string[] = [];
  if (state === 'good' && bootId === undefined)
    hints.push('boot_id is missing: without it, or RAUC-Boot-ID, a boot into the same version is not seen');
  const target = installation?.targetVersion ?? null;
  if (isTold(installed) && target !== null && installed !== target)
    hints.push(`installed_version is ${installed}, and the installation is of ${target}`);
  return hints.length === 0 ? {} : { hints };
}

function isTold(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}

function parseReport(body: Buffer): z.infer<typeof reportSchema> {
  const result = reportSchema.safeParse(parseJson(body));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => [...path, message].join(' '));
  throw new DomainError('invalid-input', `the report is not understood: ${problems.join('; ')}`, {
    remedy: `Send JSON with a "state" of ${reportStates.join(', ')}.`,
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(decodeUtf8(body) ?? '') as unknown; // an empty text is no JSON either
  } catch (cause) {
    throw new DomainError('invalid-input', 'the report is not JSON in UTF-8', { cause });
  }
}

function present({ id, bundleName, state, targetVersion, attempts }: Installation): object {
  return { id, bundle: bundleName, state, version: targetVersion, attempts };
}
