import fc from 'fast-check';
import { changeInstallation, type Installation } from '../../../src/core/installation';
import type { CancelAcknowledged, Reported } from '../../../src/core/device-event';
import { judgeReport, reportStates } from '../../../src/core/report';
import { reported } from '../../support/device-events';
import { hourMs, installationOf, madeAt } from '../../support/fleet-factory';
import { said } from '../../support/said';

const at = new Date(madeAt.getTime() + hourMs);

function after(installation: Installation, ...reports: readonly Reported[]): Installation {
  return reports.reduce((before, told) => {
    const change = judgeReport(before, told, at);
    return change === null ? before : changeInstallation(before, change, at);
  }, installation);
}

const begun = (change: Partial<Installation> = {}) =>
  installationOf({
    state: 'downloading',
    startedAt: madeAt,
    transactionId: 't-1',
    attempts: 1,
    progressPercent: 40,
    ...change,
  });

/** All that the reports of one attempt settle. */
function outcome({ state, installedAt, startedAt, endedAt, attempts, transactionId }: Installation) {
  return { state, installedAt, startedAt, endedAt, attempts, transactionId };
}

const progress = fc
  .record({
    state: fc.constantFrom('downloading' as const, 'installing' as const),
    transactionId: fc.constantFrom('t-1', null),
    progressPercent: fc.option(fc.integer({ min: 0, max: 100 })),
    message: fc.option(fc.string({ maxLength: 4 })),
  })
  .map(({ state, ...told }) => reported(state, told));
const end = fc.constantFrom('installed' as const, 'failed' as const);

/** The reports of one attempt as a script sends them, and as they come: repeated, in any order. */
const delivered = fc.tuple(fc.array(progress, { maxLength: 5 }), fc.option(end)).chain(([told, last]) => {
  const sent: Reported[] = [...told, ...(last === null ? [] : [reported(last), reported('good')])];
  const shuffled = fc
    .shuffledSubarray([...sent, ...sent], { minLength: sent.length })
    .filter((come) => sent.every((one) => come.includes(one)));
  return fc.record({ sent: fc.constant(sent), come: shuffled });
});
const starts = fc.constantFrom(
  installationOf(),
  begun(),
  begun({ state: 'cancelling' }),
  begun({ state: 'lost' }),
);

describe('the reports of one attempt', () => {
  it('come to the same end in any order and however often', () => {
    fc.assert(
      fc.property(starts, delivered, (start, { sent, come }) => {
        expect(outcome(after(start, ...come))).toEqual(outcome(after(start, ...sent)));
      }),
      { numRuns: 1000 },
    );
  });

  it('change nothing when they are repeated right away', () => {
    fc.assert(
      fc.property(starts, delivered, (start, { come }) => {
        for (const told of come) {
          const once = after(start, told);
          expect(after(once, told)).toEqual(once);
        }
      }),
    );
  });

  it('never let progress fall', () => {
    fc.assert(
      fc.property(starts, delivered, (start, { come }) => {
        const seen = come.map((_, count) => after(start, ...come.slice(0, count + 1)).progressPercent ?? 0);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      }),
    );
  });

  it('are never undone: what is written or has failed stays so', () => {
    for (const late of [progressOf(0), progressOf(99), reported('installing'), reported('good')]) {
      expect(after(begun(), reported('installed'), late)).toMatchObject({
        state: 'installed',
        progressPercent: 100,
      });
      expect(after(begun(), reported('failed'), late, reported('installed')).state).toBe('failed');
    }
    const written = begun({ state: 'lost', installedAt: madeAt });
    expect(after(written, progressOf(50)).installedAt).toEqual(madeAt);
  });
});

const progressOf = (progressPercent: number) => reported('downloading', { progressPercent });

describe('judgeReport', () => {
  it('begins an attempt that nobody saw begin, with any report but that of a good system', () => {
    for (const state of ['downloading', 'installing', 'installed', 'failed'] as const)
      expect(after(installationOf(), reported(state))).toMatchObject({
        state: state === 'installing' ? 'downloading' : state,
        startedAt: at,
        attempts: 1,
        transactionId: 't-1',
      });
    expect(judgeReport(installationOf(), reported('good'), at)).toBeNull();
  });

  it('keeps the last message, and the failure with its end', () => {
    const failed = after(begun(), reported('downloading', { message: 'slow' }), reported('failed'));
    expect(failed).toMatchObject({ state: 'failed', message: 'slow', endedAt: at });
    expect(after(begun(), reported('failed', { message: 'no space' })).message).toBe('no space');
  });

  it('changes nothing that has ended', () => {
    for (const state of ['proven', 'rolled-back', 'failed', 'withdrawn', 'cancelled'] as const)
      for (const told of reportStates) expect(judgeReport(begun({ state }), reported(told), at)).toBeNull();
  });

  it('changes nothing by late reports of an older transaction', () => {
    const second = begun({ transactionId: 't-2', attempts: 2 });
    for (const told of ['installing', 'installed', 'failed', 'good'] as const)
      expect(judgeReport(second, reported(told), at)).toBeNull();
  });

  it('begins another attempt with another transaction that downloads', () => {
    const written = begun({ state: 'installed', installedAt: madeAt, progressPercent: 100, message: 'done' });
    expect(
      after(written, reported('downloading', { transactionId: 't-2', progressPercent: 3 })),
    ).toMatchObject({
      state: 'downloading',
      transactionId: 't-2',
      attempts: 2,
      startedAt: at,
      installedAt: null,
      progressPercent: 3,
      message: null,
    });
  });

  it('takes a report without a transaction for one of the attempt that runs', () => {
    const anonymous = reported('installed', { transactionId: null });
    expect(after(begun(), anonymous)).toMatchObject({
      state: 'installed',
      transactionId: 't-1',
      attempts: 1,
    });
  });

  it('ends what a person cancelled when it fails, and waits for the boot when it is written', () => {
    const cancelling = begun({ state: 'cancelling' });
    expect(after(cancelling, reported('failed')).state).toBe('cancelled');
    expect(after(cancelling, progressOf(70))).toMatchObject({ state: 'cancelling', progressPercent: 70 });
    expect(after(cancelling, reported('installed'))).toMatchObject({ state: 'cancelling', installedAt: at });
  });

  it('takes up what was lost', () => {
    const lost = begun({ state: 'lost' });
    expect(after(lost, progressOf(50)).state).toBe('downloading');
    expect(after(lost, reported('installed')).state).toBe('installed');
    expect(after(lost, reported('failed')).state).toBe('failed');
  });
});

describe('a device that acknowledges that a person called its installation off', () => {
  const { contact } = reported('good');
  const acknowledged = (change: Partial<CancelAcknowledged>): CancelAcknowledged => ({
    kind: 'cancel-acknowledged',
    stops: true,
    contact,
    transactionId: null,
    message: null,
    log: null,
    ...change,
  });

  it('ends it when the device stops', () => {
    const ended = after(begun({ state: 'cancelling', message: 'cancelled' }), acknowledged({}));
    expect(ended).toMatchObject({ state: 'cancelled', endedAt: at, message: 'cancelled' });
    expect(after(ended, acknowledged({ stops: false }))).toEqual(ended);
  });

  it('leaves it where it was when the device goes on, with what the device says', () => {
    const goesOn = acknowledged({ stops: false, message: 'too late' });
    expect(after(begun({ state: 'cancelling' }), goesOn)).toMatchObject({
      state: 'downloading',
      movedAt: at,
      message: 'too late',
    });
    const written = begun({ state: 'cancelling', installedAt: madeAt });
    expect(after(written, goesOn)).toMatchObject({ state: 'installed', installedAt: madeAt });
    expect(after(written, acknowledged({ stops: false })).message).toEqual(said('the device did not stop'));
  });

  it('changes nothing of what nobody cancelled, and nothing by a word about another attempt', () => {
    for (const state of ['offered', 'downloading', 'installed', 'lost', 'failed', 'proven'] as const)
      expect(judgeReport(begun({ state }), acknowledged({}), at)).toBeNull();
    const other = acknowledged({ transactionId: 't-0' });
    expect(judgeReport(begun({ state: 'cancelling' }), other, at)).toBeNull();
  });
});
