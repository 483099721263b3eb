import type { Bundle } from '../../core/bundle';
import type { Why } from '../../core/reasons/why';
import type { Device, Pin } from '../../core/device';
import { decided, type DeviceDecisions } from '../../core/device-decisions';
import { DomainError } from '../../core/errors';
import { isOpaque } from '../../core/opaque';
import { isSamePin, type PinTerms, plainTerms } from '../../core/pin-terms';
import type { Actor, EventKind, NewEvent } from '../../core/event';
import { type EventReason, type LineCode, saying } from '../../core/journal/catalogue';
import type { Clock } from '../../ports/clock';
import type { DecideOnDevice, TellDecision } from '../../ports/fleet-decisions';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import { refuseUntellable } from '../catalog/plan-activation';
import { type DeviceChange, parseText, planChange } from './device-input';

/** A decision that applies to any device. */
export interface Decision {
  /** @throws DomainError `conflict` for a device to which it cannot apply */
  readonly change: DecideOnDevice;
  /** Describes the decision and what it replaced. */
  readonly tell: TellDecision;
}

/** All possible decisions of one person. */
export interface DecisionPlans {
  admit(): Decision;
  /** @throws DomainError `invalid-input` for a reason that is too long */
  hold(reason: Why): Decision;
  liftHold(): Decision;
  /** @throws DomainError `not-found`; `bundle-untrusted`, `conflict` for a bundle that no device can get */
  pin(bundleName: string, terms?: PinTerms): Decision;
  /**
   * Makes a soft pin forced; one that has become forced meanwhile stays as it is.
   * @throws DomainError `conflict` for a device that no longer has this pin
   */
  force(soft: Pin): Decision;
  /** @param isMeant unpins only a pin for which this is true; any pin if left out */
  unpin(isMeant?: (pin: Pin) => boolean): Decision;
  /** @throws DomainError `invalid-input` */
  change(change: DeviceChange): Decision;
}

export interface PlanPorts {
  readonly catalog: Pick<Catalog, 'get'>;
  readonly bundleTrust: Pick<BundleTrust, 'require'>;
  readonly now: Clock;
}

const reasonMaxLength = 200;

/** Plans decisions about devices. */
export function createDecisionPlans({ catalog, bundleTrust, now }: PlanPorts, actor: Actor): DecisionPlans {
  function line(
    kind: EventKind,
    device: Device,
    reason: EventReason<LineCode>,
    facts: Pick<NewEvent, 'before' | 'after'> = {},
  ): readonly NewEvent[] {
    return [{ ...deviceLine(kind, device, { reason, actor, at: now() }), ...facts }];
  }

  return {
    admit: () => ({
      change: () => ({ admission: 'admitted' }),
      tell: (device) =>
        device.admission === 'admitted'
          ? []
          : line('device.admitted', device, saying('device-admitted', { device: device.id }), {
              before: { admission: device.admission },
            }),
    }),

    hold(reason) {
      const why = typeof reason === 'string' ? parseText(reason, reasonMaxLength, 'reason') : reason;
      const hold = { reason: why, by: actor.name, at: now() };
      return {
        change: () => ({ hold }),
        tell: (device) =>
          line('device.held', device, saying('device-held', { device: device.id, why }), {
            after: { reason: why },
          }),
      };
    },

    liftHold: () => ({
      change: () => ({ hold: null }),
      tell: (device) =>
        device.hold === null
          ? []
          : line('device.hold-lifted', device, saying('device-hold-lifted', { device: device.id }), {
              before: { reason: device.hold.reason },
            }),
    }),

    pin(bundleName, terms) {
      const bundle = catalog.get(bundleName);
      bundleTrust.require(bundle);
      refuseUntellable(bundle);
      const named = terms === undefined ? {} : { terms };
      const pin = { bundleName, by: actor.name, at: now(), ...named };
      return {
        change(device) {
          refuseOtherCompatible(bundle, device);
          return { pin };
        },
        tell: (device) =>
          line('device.pinned', device, saying('device-pinned', { device: device.id, bundle: bundleName }), {
            before: { bundle: device.pin?.bundleName ?? null },
            after: { bundle: bundleName, ...named },
          }),
      };
    },

    force: (soft) => ({
      change({ id, pin }) {
        const { bundleName } = soft;
        if (isForced(pin, bundleName)) return {};
        if (pin?.terms?.kind !== 'soft' || !isSamePin(pin, soft))
          throw DomainError.of('not-pinned-softly', { id, bundleName });
        const { window } = pin.terms;
        const terms = window === null ? {} : { terms: { kind: 'forced', window } as const };
        return { pin: { bundleName, by: actor.name, at: now(), ...terms } };
      },
      tell(device) {
        const { bundleName: bundle } = soft;
        if (isForced(device.pin, bundle)) return [];
        return line('device.pinned', device, saying('device-pinned', { device: device.id, bundle }), {
          before: { bundle, terms: device.pin?.terms ?? null },
          after: { bundle },
        });
      },
    }),

    unpin: (isMeant = () => true) => planUnpin(isMeant, actor, now()),

    change(wanted) {
      const change = planChange(wanted);
      return {
        change,
        tell(device) {
          const after = decided(device, change(device));
          const reason = saying('device-changed', { device: device.id, fields: Object.keys(after) });
          return line('device.changed', device, reason, {
            before: pick(device, after),
            after: { ...after },
          });
        },
      };
    },
  };
}

/** @throws DomainError `conflict` for a device of another compatible than the bundle's; one that has reported none may have it */
export function refuseOtherCompatible(bundle: Bundle, { id, facts: { compatible } }: Device): void {
  if (compatible === null || bundle.compatible === compatible || isOpaque(bundle)) return;
  throw DomainError.of(
    'pin-for-another-compatible',
    { bundleName: bundle.name, own: bundle.compatible, id, compatible },
    { details: { bundleCompatible: bundle.compatible, compatible } },
  );
}

function isForced(pin: Pin | null, bundleName: string): boolean {
  return pin?.bundleName === bundleName && (pin.terms ?? plainTerms).kind === 'forced';
}

/** Unpins a device if it is pinned as expected. Someone may have pinned it differently meanwhile. */
export function planUnpin(isMeant: (pin: Pin) => boolean, actor: Actor, at: Date): Decision {
  const isPinned = ({ pin }: Device) => pin !== null && isMeant(pin);
  return {
    change: (device) => (isPinned(device) ? { pin: null } : {}),
    tell: (device) => (isPinned(device) ? [tellUnpinned(device, actor, at)] : []),
  };
}

/** The journal line for a device that is no longer pinned. @param device as it was before */
function tellUnpinned(device: Device, actor: Actor, at: Date): NewEvent {
  const reason = saying('device-unpinned', { device: device.id });
  return {
    ...deviceLine('device.unpinned', device, { reason, actor, at }),
    before: { bundle: device.pin?.bundleName ?? null },
  };
}

/** A journal line about a device. */
export function deviceLine(
  kind: EventKind,
  device: Device,
  told: Pick<NewEvent, 'reason' | 'actor' | 'at'>,
): NewEvent {
  const subject = { deviceId: device.id, compatible: device.facts.compatible, channel: device.channel };
  return { kind, ...told, subject };
}

function pick(device: Device, wanted: Partial<DeviceDecisions>): Record<string, unknown> {
  return Object.fromEntries(
    (Object.keys(wanted) as (keyof DeviceDecisions)[]).map((key) => [key, device[key]]),
  );
}
