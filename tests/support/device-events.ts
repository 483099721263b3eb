import type { Bundle } from '../../src/core/bundle';
import { type AskedBytes, partOf } from '../../src/core/bundle-part';
import type { DeviceIdentity } from '../../src/core/device';
import type { Asked } from '../../src/core/device-event';
import type { Services } from '../../src/services/services';
import { noLimits } from '../../src/core/protocol';
import { reportOf, type ReportState } from '../../src/core/report';
import { madeAt, streaming } from './fleet-factory';

/** The services that the tests' devices use. */
export type DeviceServices = Pick<Services, 'deviceEvents' | 'bundleAccess'>;

/** RAUC's own poller asks. */
export function polled(
  contact: Asked['contact'],
  knownEtag: string | null,
  compatible: string | null = null,
): Asked {
  const native = { knownEtag };
  return {
    kind: 'asked',
    contact,
    limits: streaming,
    compatible,
    meansDefault: false,
    native,
    namedSha256: null,
  };
}

/** A script asks for the manifest. */
export function askedForManifest(contact: Asked['contact'], compatible: string | null = null): Asked {
  return {
    kind: 'asked',
    contact,
    limits: noLimits,
    compatible,
    meansDefault: true,
    native: null,
    namedSha256: null,
  };
}

/** A device reports a state of the attempt `t-1`, and nothing else. */
export function reported(
  state: ReportState,
  change: Partial<Parameters<typeof reportOf>[1]> = {},
): ReturnType<typeof reportOf> {
  const contact = { at: madeAt, address: null, protocol: 'h2', transactionId: null, facts: {} };
  const told = { contact, transactionId: 't-1', progressPercent: null, message: null, log: null };
  return reportOf(state, { ...told, ...change });
}

/** A device reads a range of a bundle, and gets this many bytes of it; all if left out. */
export function readRange(
  { deviceEvents }: Pick<DeviceServices, 'deviceEvents'>,
  device: DeviceIdentity,
  bundle: Bundle,
  range: AskedBytes,
  bytes: number = range.end - range.start + 1,
): void {
  const part = partOf(bundle, range);
  if (part === 'payload') {
    deviceEvents.take(device, { kind: 'began', by: 'payload', bundle });
    deviceEvents.take(device, { kind: 'progressed', by: 'payload', bundle, bytes });
  } else if (part === 'signature') deviceEvents.take(device, { kind: 'progressed', by: 'signature', bundle });
}

/** What a device would be told in one protocol, and why. */
export async function explained(
  { explainOffer }: Pick<Services, 'explainOffer'>,
  id: string,
  protocol: string,
) {
  const { answers } = await explainOffer.explain(id);
  const answer = answers.find((one) => one.protocol === protocol);
  if (answer === undefined) throw new Error(`nobody asks by ${protocol}`);
  return answer;
}
