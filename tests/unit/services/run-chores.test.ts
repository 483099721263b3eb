import { DomainError } from '../../../src/core/errors';
import { type ChoreName, choreNoticeMs, needsAttention } from '../../../src/core/chore';
import { onlyNode } from '../../../src/ports/nodes';
import {
  type Chore,
  chorePatienceMs,
  ChoreRunner,
  type ChorePorts,
  eachLook,
  moreToDo,
} from '../../../src/services/run-chores';

const minuteMs = 60_000;
let at: Date;
let monotonicMs: number;
let ran: ChoreName[];
let log: { readonly level: string; readonly chore: unknown; readonly error: unknown }[];
/** Ends the patience of whoever waits; none does where it is empty. */
let patience: Map<number, () => void>;

const pass = (ms: number) => {
  at = new Date(at.getTime() + ms);
  monotonicMs += ms;
};
const line = (level: string) => (facts: object) => {
  const { chore, err } = facts as { readonly chore?: unknown; readonly err?: unknown };
  log.push({ level, chore, error: err });
};

function chore(name: ChoreName, more: Partial<Chore> = {}): Chore {
  return {
    name,
    everyMs: eachLook,
    runsOn: 'every-node',
    isWaitedFor: true,
    limitMs: minuteMs,
    ...more,
    run: () => {
      ran.push(name);
      return more.run?.() ?? Promise.resolve();
    },
  };
}

function runnerOf(chores: readonly Chore[], more: Partial<ChorePorts> = {}): ChoreRunner {
  return new ChoreRunner({
    chores,
    leadership: onlyNode,
    writeProblem: () => null,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    now: () => at,
    monotonicMs: () => monotonicMs,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        expect(ms).toBe(chorePatienceMs);
        const key = patience.size;
        patience.set(key, resolve);
        signal.addEventListener('abort', () => {
          patience.delete(key);
          resolve();
        });
      }),
    ...more,
  });
}

const statusOf = (runner: ChoreRunner, name: ChoreName) =>
  runner.statuses().find((status) => status.name === name);
const never = () => new Promise<never>(() => undefined);
/** Lets everything go on that waits for nothing. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

beforeEach(() => {
  at = new Date('2030-01-01T00:00:00Z');
  monotonicMs = 5;
  ran = [];
  log = [];
  patience = new Map();
});

describe('the chores of the server', () => {
  it('do not log that nothing can be saved, which is logged once for all, until that is not the reason', async () => {
    let writeProblem: DomainError | null = DomainError.of('disk-full', {});
    const error = DomainError.of('disk-full', {});
    let fails = true;
    const run = () => (fails ? Promise.reject(error) : Promise.resolve());
    const runner = runnerOf([chore('rollouts', { run }), chore('storage', { run })], {
      writeProblem: () => writeProblem,
    });
    await runner.run();
    expect(log).toEqual([]);
    expect(statusOf(runner, 'rollouts')?.failures).toBe(1);

    writeProblem = null;
    await runner.run();
    await runner.run();
    expect(log.map(({ level, chore: name }) => [level, name])).toEqual([
      ['error', 'rollouts'],
      ['error', 'storage'],
    ]);

    fails = false;
    await runner.run();
    expect(log.map(({ level }) => level)).toEqual(['error', 'error', 'info', 'info']);
  });

  it('do not say that they succeed again where nobody heard that they failed', async () => {
    const full = DomainError.of('disk-full', {});
    let fails = true;
    const run = () => (fails ? Promise.reject(full) : Promise.resolve());
    const runner = runnerOf([chore('rollouts', { run })], { writeProblem: () => full });
    await runner.run();
    fails = false;
    await runner.run();
    expect(log).toEqual([]);
  });

  it('run one after the other in their order, each after its period', async () => {
    const runner = runnerOf([
      chore('rollouts'),
      chore('journal-retention', { everyMs: 60 * minuteMs }),
      chore('device-writes'),
    ]);
    await runner.run();
    await runner.run();
    pass(60 * minuteMs - 1);
    await runner.run();
    pass(1);
    await runner.run();
    const often = ['rollouts', 'device-writes'];
    const all = ['rollouts', 'journal-retention', 'device-writes'];
    expect(ran).toEqual([...all, ...often, ...often, ...all]);
    expect(patience.size).toBe(0);
  });

  it('run again with the next look when there is more to do, and when the clock was set back', async () => {
    let left = 2;
    const run = () => Promise.resolve(--left > 0 ? moreToDo : undefined);
    const runner = runnerOf([chore('lost-installations', { everyMs: minuteMs, run })]);
    for (let look = 0; look < 4; look += 1) await runner.run();
    expect(ran).toHaveLength(2);
    at = new Date(at.getTime() - 2 * minuteMs);
    await runner.run();
    expect(ran).toHaveLength(3);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('broken'))],
    [
      'throws before its first await',
      () => {
        throw new Error('broken');
      },
    ],
  ])('go on when one %s, which is logged once and counted', async (_how, run) => {
    const runner = runnerOf([chore('rollouts', { run }), chore('device-writes')]);
    for (let look = 0; look < 3; look += 1) await runner.run();
    expect(ran.filter((name) => name === 'device-writes')).toHaveLength(3);
    expect(log).toMatchObject([{ level: 'error', chore: 'rollouts', error: { message: 'broken' } }]);
    expect(statusOf(runner, 'rollouts')).toMatchObject({ failures: 3, lastSuccessAt: null });
    expect(statusOf(runner, 'device-writes')).toMatchObject({
      failures: 0,
      lastSuccessAt: at,
      failing: null,
    });
  });

  it('are logged when they fail for another reason, and when they succeed again', async () => {
    let error: Error | null = new Error('disk full');
    const run = () => (error === null ? Promise.resolve() : Promise.reject(error));
    const runner = runnerOf([chore('rollouts', { run })]);
    await runner.run();
    const since = at;
    pass(1_000);
    error = new Error('locked');
    await runner.run();
    await runner.run();
    expect(statusOf(runner, 'rollouts')?.failing).toEqual({ since, error });
    error = null;
    await runner.run();
    await runner.run();
    expect(log.map(({ level }) => level)).toEqual(['error', 'error', 'info']);
    expect(statusOf(runner, 'rollouts')).toMatchObject({ failures: 3, failing: null, lastSuccessAt: at });
  });

  it('wait after a failure as long as they say, or until the next look', async () => {
    const run = () => Promise.reject(new Error('broken'));
    const everyMs = 60 * minuteMs;
    const runner = runnerOf([
      chore('image-checks', { everyMs, retryMs: minuteMs, run }),
      chore('journal-retention', { everyMs, run }),
    ]);
    await runner.run();
    await runner.run();
    pass(minuteMs);
    await runner.run();
    const times = (name: ChoreName) => ran.filter((one) => one === name).length;
    expect([times('image-checks'), times('journal-retention')]).toEqual([2, 3]);
  });

  it('go on beside one that hangs, which fails once its time is over, and is not begun twice', async () => {
    let end: () => void = () => undefined;
    const run = () => new Promise<void>((resolve) => (end = resolve));
    const runner = runnerOf([chore('device-writes', { run }), chore('rollouts')]);
    const look = runner.run();
    await settled();
    expect(ran).toEqual(['device-writes']);
    for (const giveUp of [...patience.values()]) giveUp();
    await look;
    expect(ran).toEqual(['device-writes', 'rollouts']);
    pass(minuteMs - 1);
    await runner.run();
    expect(statusOf(runner, 'device-writes')?.failures).toBe(0);
    pass(1);
    await runner.run();
    await runner.run();
    expect(ran).toEqual(['device-writes', 'rollouts', 'rollouts', 'rollouts', 'rollouts']);
    expect(statusOf(runner, 'device-writes')).toMatchObject({ failures: 1, lastDurationMs: null });
    expect(log).toMatchObject([{ level: 'error', chore: 'device-writes' }]);
    end();
    await settled();
    expect(statusOf(runner, 'device-writes')).toMatchObject({ failing: null, lastDurationMs: minuteMs });
    const again = runner.run();
    await settled();
    end();
    await again;
    expect(ran.filter((name) => name === 'device-writes')).toHaveLength(2);
  });

  it('that may take their time hold up nobody, and begin also while another look goes on', async () => {
    const runner = runnerOf([
      chore('image-checks', { isWaitedFor: false, run: never, limitMs: 60 * minuteMs }),
      chore('device-writes', { run: never }),
      chore('webhooks', { isWaitedFor: false }),
    ]);
    void runner.run();
    await settled();
    void runner.run();
    await settled();
    expect(ran.filter((name) => name !== 'device-writes')).toEqual(['image-checks', 'webhooks', 'webhooks']);
    expect(ran.filter((name) => name === 'device-writes')).toHaveLength(1);
  });

  it('of the leader run on no other node, until that one leads', async () => {
    let isLeader = false;
    let led = 0;
    const lead: typeof onlyNode.lead = (work) => {
      led += 1;
      return work();
    };
    const chores = [chore('rollouts', { runsOn: 'leader' }), chore('device-writes')];
    const runner = runnerOf(chores, { leadership: { ...onlyNode, isLeader: () => isLeader, lead } });
    await runner.run();
    expect(ran).toEqual(['device-writes']);
    isLeader = true;
    await runner.run();
    expect(ran).toEqual(['device-writes', 'rollouts', 'device-writes']);
    expect(led).toBe(1); // what it saves is refused once another one leads
  });

  it('run a last time at the end, which waits for none that hangs and tells nobody of what fails after it', async () => {
    let fail: (error: Error) => void = () => undefined;
    const run = () => new Promise<void>((_resolve, reject) => (fail = reject));
    const runner = runnerOf([chore('device-writes', { run }), chore('rollouts')]);
    const closed = runner.close();
    await settled();
    for (const giveUp of [...patience.values()]) giveUp();
    await closed;
    expect(ran).toEqual(['device-writes', 'rollouts']);
    fail(new Error('the database is closed'));
    await settled();
    expect(log).toEqual([]);
  });

  it('need attention when they have failed for five minutes, whatever the clock does', async () => {
    const runner = runnerOf([chore('rollouts', { run: () => Promise.reject(new Error('broken')) })]);
    const isShown = (now: Date) => runner.statuses().some((status) => needsAttention(status, now));
    expect(isShown(at)).toBe(false);
    await runner.run();
    const failedAtMs = at.getTime();
    expect(isShown(new Date(failedAtMs + choreNoticeMs - 1))).toBe(false);
    expect(isShown(new Date(failedAtMs + choreNoticeMs))).toBe(true);
    expect(isShown(new Date(failedAtMs - choreNoticeMs))).toBe(true);
  });
});
