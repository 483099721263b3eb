import {
  cancelledStates,
  cancellableStates,
  decidedByBootStates,
  endingAs,
  failedStates,
  type InstallationState,
  installationStates,
  isCancelled,
  isCancellable,
  isDecidedByBoot,
  isFailure,
  isMuted,
  isOpen,
  isStarted,
  isUnsettled,
  isWritten,
  mutedStates,
  openStates,
  startedStates,
  toldStates,
  troubledStates,
  underWayStates,
  unsettledStates,
  writtenStates,
} from '../../../src/core/installation-states';

const sets = {
  underWay: underWayStates,
  started: startedStates,
  open: openStates,
  unsettled: unsettledStates,
  cancellable: cancellableStates,
  cancelled: cancelledStates,
  failed: failedStates,
  troubled: troubledStates,
  written: writtenStates,
  told: toldStates,
  decidedByBoot: decidedByBootStates,
  muted: mutedStates,
} as const satisfies Readonly<Record<string, readonly InstallationState[]>>;

/** A new state does not compile until it is said here what it is. */
const memberships: Readonly<Record<InstallationState, readonly (keyof typeof sets)[]>> = {
  offered: ['open', 'unsettled', 'cancellable', 'muted'],
  downloading: ['underWay', 'started', 'open', 'unsettled', 'cancellable'],
  installed: ['underWay', 'started', 'open', 'unsettled', 'cancellable', 'written', 'told'],
  stopped: ['unsettled', 'cancellable'],
  interrupted: ['troubled', 'decidedByBoot'],
  proven: ['written', 'told', 'decidedByBoot'],
  'rolled-back': ['failed', 'troubled', 'told', 'decidedByBoot'],
  failed: ['failed', 'troubled', 'told'],
  rejected: ['failed', 'troubled', 'told'],
  lost: ['unsettled', 'cancellable', 'troubled'],
  withdrawn: ['muted'],
  cancelling: ['started', 'open', 'unsettled', 'cancelled'],
  cancelled: ['cancelled'],
};

const predicates = {
  started: isStarted,
  open: isOpen,
  unsettled: isUnsettled,
  cancellable: isCancellable,
  cancelled: isCancelled,
  failed: isFailure,
  written: isWritten,
  decidedByBoot: isDecidedByBoot,
  muted: isMuted,
} as const;

const namesOf = <Key extends string>(table: Readonly<Record<Key, unknown>>) => Object.keys(table) as Key[];

describe('the states of an installation', () => {
  it('are all there, each once', () => {
    expect([...installationStates].sort()).toEqual(namesOf(memberships).sort());
  });

  it.each(installationStates)('have %s in the sets that it belongs to, and in no other', (state) => {
    const holding = namesOf(sets).filter((name) => (sets[name] as readonly string[]).includes(state));
    expect(holding).toEqual(memberships[state]);
  });

  it.each(namesOf(sets))('are in the set %s once at the most', (name) => {
    expect(new Set(sets[name]).size).toBe(sets[name].length);
  });

  it.each(namesOf(predicates))('are asked for %s by the set of that name', (name) => {
    expect(installationStates.filter((state) => predicates[name]({ state })).sort()).toEqual(
      [...sets[name]].sort(),
    );
  });

  it('end as cancelled once a person has called them off, else as whatever they came to', () => {
    const ends = installationStates.map((state) => [state, endingAs({ state }, 'lost')] as const);
    expect(ends.filter(([, end]) => end !== 'lost')).toEqual([['cancelling', 'cancelled']]);
  });
});
