import { choreNoticeMs, type ChoreStatus, needsAttention } from '../../../src/core/chore';
import { madeAt } from '../../support/fleet-factory';

const status = (failing: ChoreStatus['failing']): ChoreStatus => ({
  name: 'rollouts',
  lastSuccessAt: null,
  failures: 3,
  lastDurationMs: 1,
  failing,
});

const failing = status({ since: madeAt, error: new Error('the disk is full') });
const after = (ms: number) => new Date(madeAt.getTime() + ms);

describe('a chore', () => {
  it('is given five minutes to recover by itself', () => {
    expect(choreNoticeMs).toBe(300_000);
    expect(needsAttention(failing, after(choreNoticeMs - 1))).toBe(false);
    expect(needsAttention(failing, after(choreNoticeMs))).toBe(true);
  });

  it('needs attention also when the clock was set back while it fails', () => {
    expect(needsAttention(failing, after(1 - choreNoticeMs))).toBe(false);
    expect(needsAttention(failing, after(-choreNoticeMs))).toBe(true);
  });

  it('that does not fail now needs none, however often it did', () => {
    expect(needsAttention(status(null), after(choreNoticeMs))).toBe(false);
  });
});
