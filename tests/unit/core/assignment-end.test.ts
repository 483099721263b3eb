import { whyAssignmentEnds } from '../../../src/core/assignment-end';
import type { Installation } from '../../../src/core/installation';
import type { PinTerms } from '../../../src/core/pin-terms';
import { deviceOf } from '../../support/device-factory';
import { installationOf, madeAt } from '../../support/fleet-factory';

const rules = { stalledAfterMs: 24 * 3_600_000, patiencePolls: 2 };
const hours = (count: number) => new Date(madeAt.getTime() + count * 3_600_000);
const bundleName = 'board-2.0.0.raucb';
/** Opens for two hours, on the next day and never again. */
const window = { schedule: '0 0 3 2 11 ? 2026', duration: '02:00:00', timezone: '+00:00' };
const afterWindow = hours(24 + 6);
const downloaded: PinTerms = { kind: 'downloadonly', window: null };
const windowed: PinTerms = { kind: 'forced', window };

/** Why the assignment ends, by code. @param change of the installation that the device has; `null` for none */
function why(
  terms: PinTerms | undefined,
  change: Partial<Installation> | null,
  at: Date,
  tellsTerms = true,
): string | null {
  const pin = { bundleName, by: 'ann', at: madeAt, ...(terms === undefined ? {} : { terms }) };
  const device = deviceOf('a', { pin });
  const own = { bundleName, releaseId: null, offeredAt: madeAt, polls: 1, ...change };
  const installation = change === null ? null : installationOf(own);
  return whyAssignmentEnds({ device, installation }, at, rules, tellsTerms)?.code ?? null;
}

describe('an assignment with a window', () => {
  it.each<[string, Partial<Installation> | null]>([
    ['has not begun', { state: 'offered' }],
    ['has downloaded', { state: 'downloading', startedAt: madeAt }],
    ['has something else', { bundleName: 'other.raucb', state: 'downloading', startedAt: madeAt }],
    ['has nothing', null],
  ])('ends once the window does not open again, if the device %s', (_, change) => {
    expect(why(windowed, change, hours(24 + 4))).toBeNull();
    expect(why(windowed, change, afterWindow)).toBe('assignment-window-over');
  });

  it.each<[string, Partial<Installation>]>([
    ['is installing', { state: 'downloading', startedAt: madeAt, progressPercent: 0 }],
    ['has installed', { state: 'installed', startedAt: madeAt, installedAt: hours(1) }],
    ['runs it', { state: 'proven', startedAt: madeAt, installedAt: hours(1) }],
  ])('goes on after the window if the device %s', (_, change) => {
    expect(why(windowed, change, afterWindow)).toBeNull();
  });
});

describe('an assignment to download only', () => {
  const begun = { state: 'downloading', startedAt: madeAt, movedAt: hours(1) } as const;

  it('ends when the device has said nothing for too long since it last got on', () => {
    expect(why(downloaded, begun, hours(25))).toBeNull();
    expect(why(downloaded, begun, hours(25.1))).toBe('assignment-unanswered');
  });

  it('ends likewise for a device that polls and does not begin', () => {
    const offered = { state: 'offered', polls: 3 } as const;
    expect(why(downloaded, offered, hours(24))).toBeNull();
    expect(why(downloaded, offered, hours(24.1))).toBe('assignment-unanswered');
  });

  it('goes on for a device that could tell nothing because it has hardly polled', () => {
    expect(why(downloaded, { state: 'offered', polls: 2 }, hours(100))).toBeNull();
  });

  it('ends for a device that asks by a protocol without terms, however often it polls', () => {
    expect(why(downloaded, { state: 'offered', polls: 0 }, hours(100), false)).toBe('assignment-unanswered');
  });

  it('goes on until its window opens once the device has begun', () => {
    const terms: PinTerms = { kind: 'downloadonly', window: { ...window, schedule: '0 0 3 ? * *' } };
    expect(why(terms, begun, hours(100))).toBeNull();
  });

  it.each(['cancelling', 'failed', 'withdrawn'] as const)('that is %s has its end', (state) => {
    expect(why(downloaded, { ...begun, state }, hours(100))).toBeNull();
  });
});

it('a pin of a person without terms does not end', () => {
  expect(why(undefined, { state: 'downloading', startedAt: madeAt }, hours(1_000))).toBeNull();
});
