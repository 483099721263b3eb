import type { Device } from '../../../src/core/device';
import type { Installation } from '../../../src/core/installation';
import type { Fleet } from '../../../src/ports/fleet';
import type { Store } from '../../../src/ports/store';
import { refusal } from '../../support/refusal';

/** An open store whose changes can be made to fail and to hang, so that the suite can ask what is left of them. */
export interface ContractAdapter {
  /** After {@link ContractAdapter.reopen} it is another one. */
  readonly store: Pick<
    Store,
    | 'catalog'
    | 'results'
    | 'uses'
    | 'counts'
    | 'listing'
    | 'devices'
    | 'restores'
    | 'tokens'
    | 'sessions'
    | 'deviceTokens'
    | 'webhooks'
    | 'deliveries'
    | 'journal'
    | 'dismissals'
    | 'drafts'
    | 'hawkbitSettings'
    | 'askedNames'
    | 'history'
    | 'upTime'
    | 'retention'
    | 'markers'
  >;
  /** The fleet, opened again when releases are named that are current. After {@link ContractAdapter.reopen} it is another one. */
  fleet(...releaseIds: readonly number[]): Promise<Fleet>;
  /** Writes a device, an installation, or both in one transaction, as if a contact had left them so. */
  put(rows: { readonly device?: Device; readonly installations?: readonly Installation[] }): Promise<void>;
  /** Opens the fleet of the same once more, as a second program does; it is closed with the adapter. */
  beside(): Promise<Fleet>;
  /** The disk is full at the n-th step from now on, once: each statement of a change is a step, and its commit is the last. */
  failAt(step: number): void;
  /** Holds changes back from now on. @returns what lets them go on */
  hang(): () => void;
  /** Closes it and opens what is there, as a restart does. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Makes an adapter with nothing in it. */
export type MakeAdapter = () => Promise<ContractAdapter>;

/** More than any change has. */
const maxSteps = 50;

/** Has a change fail at each of its steps in turn, until it goes through. */
export async function failAtEachStep(
  adapter: ContractAdapter,
  change: () => Promise<unknown>,
  expectUnchanged: () => Promise<void>,
): Promise<void> {
  for (let step = 1; step <= maxSteps; step += 1) {
    adapter.failAt(step);
    const [outcome] = await Promise.allSettled([change()]);
    adapter.failAt(Infinity);
    if (outcome.status === 'fulfilled') {
      expect(step).toBeGreaterThan(2); // a statement and a commit at least
      return;
    }
    expect(outcome.reason).toEqual(refusal('storage-full'));
    await expectUnchanged();
  }
  throw new Error(`the change failed at ${maxSteps} steps`);
}

/** Who did what, by the journal. */
export async function told({ store }: ContractAdapter): Promise<readonly string[]> {
  return (await store.journal.after(0, 100)).map(({ actor, kind }) => `${actor.name}: ${kind}`);
}
