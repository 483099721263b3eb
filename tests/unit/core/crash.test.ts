import { type Crash, nextCrash, partLeftOut } from '../../../src/core/crash';

const startedAt = new Date('2026-11-02T12:00:00Z');
const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000);
const crash = (more: Partial<Crash> = {}) => ({
  at: after(3),
  startedAt,
  part: 'webhooks' as const,
  message: 'broken',
  ...more,
});

describe('how a run ended', () => {
  it('leaves nothing out after the first time', () => {
    expect(partLeftOut(undefined)).toBeNull();
    expect(partLeftOut(nextCrash(undefined, crash()))).toBeNull();
  });

  it('leaves out what ended the next run too, soon after its start', () => {
    const first = nextCrash(undefined, crash({ at: after(86_400) }));
    expect(partLeftOut(nextCrash(first, crash()))).toBe('webhooks');
  });

  it('begins to count again when a run lasted, or ended otherwise', () => {
    const first = nextCrash(undefined, crash());
    expect(nextCrash(first, crash({ at: after(61) })).times).toBe(1);
    expect(nextCrash(first, crash({ part: null })).times).toBe(1);
    expect(nextCrash(first, crash({ at: after(-3_600) })).times).toBe(1); // the clock was set back
  });

  it('leaves out nothing that the server cannot do without', () => {
    const first = nextCrash(undefined, crash({ part: null }));
    expect(partLeftOut(nextCrash(first, crash({ part: null })))).toBeNull();
  });
});
