import type { Budget, BudgetHolder } from '../../../core/budget';
import type { X509Certificate } from 'node:crypto';
import { sayWhy } from '../../../core/circumstances/sentences';
import type { ConnectionRefusal, RefusedSubject } from '../../../core/connection-refusal';
import type { RefusedCertificates } from '../../../services/certificates/refused-certificates';
import type { OverBudget } from '../../../services/overview/over-budget';
import type { RequestLog } from '../../../ports/log';
import { addressGroup } from '../../address-group';
import { BoundedLine } from '../transport/bounded-line';
import type { Refused } from '../transport/serve-connections';
import type { Counters } from './counters';
import type { Clock } from '../../../ports/clock';

export interface NoticePorts {
  readonly counters: Pick<Counters, 'countRefusal'>;
  readonly overBudget: Pick<OverBudget, 'note'>;
  readonly refusedCertificates: Pick<RefusedCertificates, 'note'>;
  readonly describeRefused: (certificate: X509Certificate) => RefusedSubject;
  readonly log: RequestLog;
  readonly now: Clock;
}

/** Counts refusals and heavy users, and logs them now and then. */
export interface Notices {
  refused(refusal: ConnectionRefusal, who: Refused): void;
  excess(holder: BudgetHolder, budget: Budget): void;
}

/** The shortest time between two log lines about refusals. */
const linePeriodMs = 1_000;

export function createNotices(ports: NoticePorts): Notices {
  const { counters, overBudget, refusedCertificates, describeRefused, log, now } = ports;
  const refusals = new BoundedLine((facts, message) => log.info(facts, message), now, linePeriodMs);
  const excesses = new BoundedLine((facts, message) => log.warn(facts, message), now, linePeriodMs);

  function excess(holder: BudgetHolder, budget: Budget): void {
    overBudget.note(holder, budget);
    excesses.write({ ...holder, budget }, 'over budget');
  }

  return {
    excess,
    refused({ cause, reason }, { certificate, ...who }) {
      counters.countRefusal(cause);
      if (certificate !== undefined) {
        const { address } = who;
        refusedCertificates.note({
          ...{ cause, reason, fingerprint: fingerprintOf(certificate.x509), address: address ?? null },
          addressGroup: address === undefined ? '' : addressGroup(address),
          describe: () => describeRefused(certificate.x509),
        });
      }
      refusals.write({ reason: sayWhy(reason), cause, ...who }, 'connection refused');
      if (cause === 'too-many-connections' && who.device !== undefined)
        excess({ deviceId: who.device }, 'connections');
      if (cause === 'too-many-handshakes' && who.address !== undefined)
        excess({ address: who.address }, 'handshakes');
    },
  };
}

/** SHA-256 of the DER, lower-case hex. */
function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}
