import { circumstance } from '../../core/circumstances/catalogue';
import { type Device, newDevice, parseDeviceId, type Pin } from '../../core/device';
import { DomainError } from '../../core/errors';
import type { Actor, EventKind, NewEvent } from '../../core/event';
import { type EventReason, type LineCode, saying } from '../../core/journal/catalogue';
import { type Installation, keptInstallations } from '../../core/installation';
import { isCancellable } from '../../core/installation-states';
import type { PinTerms } from '../../core/pin-terms';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import { type DeviceChange, type DeviceInput, isNothing, parseInput } from './device-input';
import type { Fleet } from '../../ports/fleet';
import type { Decided, Intervention } from '../../ports/fleet-decisions';
import type { DeviceRecord } from '../../core/device-record';
import type { DeviceRecords } from '../../ports/devices';
import { type Cause, changed } from './installation-events';
import { planClearing } from './plan-clearing';
import { createDecisionPlans, type Decision, type DecisionPlans, deviceLine } from './plan-decisions';
import type { Clock } from '../../ports/clock';

export interface DeviceDetails extends DeviceRecord {
  /** Newest first. */
  readonly installations: readonly Installation[];
}

/** People's decisions about single devices. Each is on disk when its promise resolves, with its line in the journal. */
export interface ManageDevices {
  /** @throws DomainError `not-found` */
  get(id: string): Promise<DeviceDetails>;
  /** The latest log that a device sent with a report. @throws DomainError `not-found` */
  log(installationId: number): Promise<{ readonly log: string; readonly at: Date }>;
  /** Creates a device before its first contact; it is admitted. @throws DomainError `invalid-input`, `conflict` */
  create(id: string, input: DeviceInput, actor: Actor): Promise<DeviceRecord>;
  /** @throws DomainError `not-found`, `invalid-input` */
  change(id: string, change: DeviceChange, actor: Actor): Promise<DeviceRecord>;
  admit(id: string, actor: Actor): Promise<DeviceRecord>;
  /** Nothing is offered to it until the hold is lifted. */
  hold(id: string, reason: string, actor: Actor): Promise<DeviceRecord>;
  liftHold(id: string, actor: Actor): Promise<DeviceRecord>;
  /** It gets this bundle, whatever its channel says. @throws DomainError `conflict` for another compatible */
  pin(id: string, bundleName: string, actor: Actor, terms?: PinTerms): Promise<DeviceRecord>;
  /** Makes a soft pin forced. @throws DomainError `conflict` for a device that no longer has this pin */
  forcePin(id: string, soft: Pin, actor: Actor): Promise<DeviceRecord>;
  /** @param isMeant unpins only a pin for which this is true; any pin if left out */
  unpin(id: string, actor: Actor, isMeant?: (pin: Pin) => boolean): Promise<DeviceRecord>;
  /**
   * Applies one decision to many devices in one write: to all that it can apply to, or to none.
   * @param plan the decision; an invalid one fails for each device
   */
  decideAll(ids: readonly string[], plan: (plans: DecisionPlans) => Decision, actor: Actor): Promise<Decided>;
  /** Clears bundles that failed, were interrupted or were cancelled, so that they can be tried again. */
  clearFailures(id: string, actor: Actor): Promise<DeviceRecord>;
  /** The same for many devices in one write: for all that exist, or for none. */
  clearAllFailures(ids: readonly string[], actor: Actor): Promise<Decided>;
  /**
   * Cancels its installation; the bundle is not offered again until that is cleared. With force, a pending cancellation counts as
   * done although the device has not answered: the device is told nothing, and may still finish.
   * @throws DomainError `conflict`
   */
  cancel(id: string, actor: Actor, request?: CancelRequest): Promise<DeviceRecord>;
  /** Forgets the device; if its certificate is valid, it comes back as a new one. */
  forget(id: string, actor: Actor): Promise<void>;
}

export interface CancelRequest {
  readonly isForced?: boolean;
  /** The installation that the caller means. */
  readonly installationId?: number;
  /** Ask the device to stop even if it has not been seen to begin, because it answers. */
  readonly asksDevice?: boolean;
}

export interface ManageDevicesPorts {
  readonly catalog: Catalog;
  readonly bundleTrust: Pick<BundleTrust, 'require'>;
  readonly fleet: Fleet;
  readonly devices: DeviceRecords;
  /** How often a bundle may be tried on one device. */
  readonly maxTries: number;
  /** Called for each device that is forgotten. */
  readonly onForgotten?: (id: string) => void;
  readonly now: Clock;
}

export function createManageDevices(ports: ManageDevicesPorts): ManageDevices {
  const { fleet, devices, now } = ports;

  function line(
    kind: EventKind,
    device: Device,
    actor: Actor,
    reason: EventReason<LineCode>,
    facts: Pick<NewEvent, 'before' | 'after'> = {},
  ): NewEvent {
    return { ...deviceLine(kind, device, { reason, actor, at: now() }), ...facts };
  }

  const plans = (actor: Actor) => createDecisionPlans(ports, actor);

  function decide(id: string, { change, tell }: Decision): Promise<DeviceRecord> {
    return fleet.decisions.decide(id, change, tell);
  }

  return {
    async get(id) {
      const record = await fleet.get(id);
      return { ...record, installations: await devices.installations(id, keptInstallations) };
    },

    async log(installationId) {
      const found = await devices.log(installationId);
      if (found === undefined) throw DomainError.of('no-installation-log', { installationId });
      return found;
    },

    async create(id, input, actor) {
      parseDeviceId(id);
      const wanted = parseInput(input);
      const device: Device = { ...newDevice(id, 'admitted', now()), ...wanted };
      const event = line('device.registered', device, actor, saying('device-added', { device: id }));
      return fleet.decisions.make(device, [event]);
    },

    async change(id, change, actor) {
      return isNothing(change) ? fleet.get(id) : decide(id, plans(actor).change(change));
    },

    admit: (id, actor) => decide(id, plans(actor).admit()),
    hold: async (id, reason, actor) => decide(id, plans(actor).hold(reason)),
    liftHold: (id, actor) => decide(id, plans(actor).liftHold()),
    pin: async (id, bundleName, actor, terms) => decide(id, plans(actor).pin(bundleName, terms)),
    forcePin: (id, soft, actor) => decide(id, plans(actor).force(soft)),
    unpin: (id, actor, isMeant) => decide(id, plans(actor).unpin(isMeant)),

    async decideAll(ids, plan, actor) {
      const wanted = [...new Set(ids)];
      let decision: Decision;
      try {
        decision = plan(plans(actor));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        return { done: [], failed: wanted.map((id) => ({ id, error })) };
      }
      return fleet.decisions.decideAll(wanted, decision.change, decision.tell);
    },

    clearFailures: (id, actor) => fleet.decisions.intervene(id, planClearing(ports, actor)),

    clearAllFailures: (ids, actor) =>
      fleet.decisions.interveneAll([...new Set(ids)], planClearing(ports, actor)),

    cancel(id, actor, { isForced = false, installationId, asksDevice = false } = {}) {
      const at = now();
      return fleet.decisions.intervene(id, ({ installation: latest }) => {
        const isMeant = installationId === undefined || installationId === latest?.id;
        const installation = isMeant ? latest : null;
        if (isForced) return endCancelled(installation, id, { at, actor });
        if (installation === null || !isCancellable(installation)) {
          throw DomainError.of('nothing-to-call-off', { id });
        }
        // An installation that has not begun has nothing to interrupt.
        const isNothing = installation.startedAt === null && !asksDevice;
        const state = isNothing ? 'cancelled' : 'cancelling';
        const message = circumstance('installation-called-off', { by: actor.name });
        const after = changed(installation, { state, message }, { at, actor });
        return { installations: [after.installation], events: after.events };
      });
    },

    async forget(id, actor) {
      await fleet.decisions.forget(id, (device) => [
        line('device.forgotten', device, actor, saying('device-forgotten', { device: id }), {
          before: { compatible: device.facts.compatible, version: device.facts.systemVersion },
        }),
      ]);
      ports.onForgotten?.(id);
    },
  };
}

/** @throws DomainError `conflict` if no cancellation is pending: the device should be told first */
function endCancelled(installation: Installation | null, id: string, cause: Cause): Intervention {
  if (installation?.state !== 'cancelling') throw DomainError.of('nothing-being-cancelled', { id });
  const after = changed(installation, { state: 'cancelled' }, cause);
  return { installations: [after.installation], events: after.events };
}
