import { DomainError } from '../../../src/core/errors';
import type { NewEvent } from '../../../src/core/event';
import type { Activation, NewActivation } from '../../../src/core/release';
import { beginRollout, everyoneAtOnce, type Rollout } from '../../../src/core/rollout';
import type { CatalogChange } from '../../../src/ports/catalog';
import { anyReason } from '../../support/any-reason';
import { bundleOf } from '../../support/fleet-factory';
import type { ContractAdapter } from './adapter';

/** When everything in the catalog happens. */
export const at = new Date('2026-11-01T00:30:00Z');

export const first = bundleOf('board', '1.0.0');
export const second = bundleOf('board', '2.0.0');

export function rollout(change: Partial<Rollout> = {}): Rollout {
  return { ...beginRollout(everyoneAtOnce, 'ann', at), ...change };
}

/** What happens to the channel `stable`; `null` ends its release. */
export function activation(bundleName: string | null, change: Partial<NewActivation> = {}): NewActivation {
  return {
    compatible: 'board',
    channel: 'stable',
    action: bundleName === null ? 'deactivate' : 'activate',
    bundleName,
    previousBundleName: null,
    at,
    by: 'ann',
    forced: false,
    ...change,
  };
}

export function line(name: string): NewEvent {
  return { kind: 'bundle.deleted', at, actor: { name, address: null }, reason: anyReason() };
}

/** @throws DomainError `conflict` */
export function refuse(): never {
  throw new DomainError('conflict', 'no');
}

/** @param committed hears of the line of the history, if the change made one */
export function commit(
  { store }: ContractAdapter,
  change: CatalogChange,
  committed: (made: Activation | undefined) => void = () => undefined,
): Promise<Activation | undefined> {
  return store.catalog.commit({ ...change, committed });
}

/** @returns the id of the release */
export async function release(
  adapter: ContractAdapter,
  bundleName: string,
  change: Partial<NewActivation> = {},
  committed?: (made: Activation | undefined) => void,
): Promise<number> {
  const made = await commit(
    adapter,
    { activation: activation(bundleName, change), policy: everyoneAtOnce },
    committed,
  );
  if (made === undefined || made.releaseId === null) throw new Error('nothing was released');
  return made.releaseId;
}
