import { whyAssignmentEnds } from '../../core/assignment-end';
import type { DeviceRecord } from '../../core/device-record';
import { DomainError } from '../../core/errors';
import { theServer } from '../../core/event';
import type { ProofRules } from '../../core/evidence';
import { isUnsettled } from '../../core/installation-states';
import { isSamePin, termsOf } from '../../core/pin-terms';
import type { Fleet } from '../../ports/fleet';
import type { Intervention } from '../../ports/fleet-decisions';
import { changed } from '../devices/installation-events';
import { planUnpin } from '../devices/plan-decisions';

/** A device asks what to install. */
export interface AskingAt {
  readonly at: Date;
  /** By a protocol that tells it the terms of its assignment. */
  readonly tellsTerms: boolean;
}

/**
 * Ends the assignment of a device that asks, if it can come to no end: cancels the installation, then unpins the device. If a kill or a
 * full disk prevents a part of it, the next poll does it.
 */
export type EndAssignment = (deviceId: string, asking: AskingAt) => Promise<void>;

export interface EndAssignmentPorts {
  readonly fleet: Pick<Fleet, 'recent' | 'find' | 'decisions'>;
  readonly proofRules: ProofRules;
}

export function createEndAssignment({ fleet, proofRules }: EndAssignmentPorts): EndAssignment {
  const whyNow = (record: DeviceRecord, { at, tellsTerms }: AskingAt) =>
    whyAssignmentEnds(record, at, proofRules, tellsTerms);

  /** Withdraws what the device has not begun; what it has, it is asked to stop. */
  function plan(record: DeviceRecord, asking: AskingAt): Intervention {
    const nothing = { installations: [], events: [] };
    const { device, installation } = record;
    const message = whyNow(record, asking);
    if (message === null || installation === null) return nothing;
    const isOwn = termsOf(device.pin, installation) === device.pin?.terms;
    if (!isOwn || !isUnsettled(installation) || installation.state === 'cancelling') return nothing;
    const state = installation.startedAt === null ? 'withdrawn' : 'cancelling';
    const ended = changed(installation, { state, message }, { at: asking.at, actor: theServer });
    return { installations: [ended.installation], events: ended.events };
  }

  return async (id, asking) => {
    const record = fleet.recent(id) ?? (await fleet.find(id));
    const pin = record?.device.pin ?? null;
    if (record === undefined || pin === null || whyNow(record, asking) === null) return;
    const { change, tell } = planUnpin((one) => isSamePin(one, pin), theServer, asking.at);
    try {
      await fleet.decisions.intervene(id, (latest) => plan(latest, asking));
      await fleet.decisions.decide(id, change, tell);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  };
}
