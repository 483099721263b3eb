import { whyAssignmentEnds } from '../../core/assignment-end';
import type { Pin } from '../../core/device';
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
  /** Whether it uses a protocol that tells it the terms of its assignment. */
  readonly tellsTerms: boolean;
}

/** Ends assignments that can never end otherwise. */
export interface EndAssignment {
  /**
   * The pin of an asking device that should end. It is pure, because the decision about the device calls it.
   * @returns `null` while its assignment continues
   */
  pinToEnd(record: DeviceRecord | undefined, asking: AskingAt): Pin | null;
  /**
   * Cancels the installation, then unpins the device if that is still its pin. If a kill or a full disk prevents part of that,
   * the next poll completes it.
   */
  end(deviceId: string, pin: Pin, asking: AskingAt): Promise<void>;
}

export interface EndAssignmentPorts {
  readonly fleet: Pick<Fleet, 'decisions'>;
  readonly proofRules: ProofRules;
}

export function createEndAssignment({ fleet, proofRules }: EndAssignmentPorts): EndAssignment {
  const whyNow = (record: DeviceRecord, { at, tellsTerms }: AskingAt) =>
    whyAssignmentEnds(record, at, proofRules, tellsTerms);

  /** Withdraws an installation that the device has not begun; asks it to stop one that it has. */
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

  return {
    pinToEnd(record, asking) {
      const pin = record?.device.pin ?? null;
      return record === undefined || pin === null || whyNow(record, asking) === null ? null : pin;
    },

    async end(id, pin, asking) {
      const { change, tell } = planUnpin((one) => isSamePin(one, pin), theServer, asking.at);
      try {
        await fleet.decisions.intervene(id, (latest) => plan(latest, asking));
        await fleet.decisions.decide(id, change, tell);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    },
  };
}
