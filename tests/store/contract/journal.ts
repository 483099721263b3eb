import { type NewEvent, theServer } from '../../../src/core/event';
import { saying } from '../../../src/core/journal/catalogue';
import { anyReason, wordOf } from '../../support/any-reason';
import { type ContractAdapter, failAtEachStep, type MakeAdapter } from './adapter';

const at = new Date('2026-11-02T12:00:00Z');
const later = new Date('2026-11-02T13:00:00Z');
const person = { name: 'ann', address: '127.0.0.1' };
const line = (word: string, more: Partial<NewEvent> = {}): NewEvent => ({
  kind: 'device.held',
  at,
  actor: person,
  reason: anyReason(word),
  ...more,
});

/** What every journal does. */
export function describeJournal(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const journal = () => adapter.store.journal;
  const record = (...words: readonly string[]) => journal().record(words.map((word) => line(word)));
  const words = async (afterId = 0) => (await journal().after(afterId, 100)).map(wordOf);

  it('keeps all of a line, also over a restart', async () => {
    const told = line('held', {
      reason: saying('device-failures-cleared', { device: 'dev-1', bundles: ['v1', 'v"2'] }),
      subject: { deviceId: 'dev-1', compatible: 'board', channel: 'beta', bundleName: 'v1', releaseId: 7 },
      before: { hold: null },
      after: { hold: 'why' },
      repeats: { count: 3, firstAt: new Date('2026-11-02T11:00:00Z') },
    });
    await journal().record([told, line('bare')]);
    await adapter.reopen();
    const none = { compatible: null, channel: null, bundleName: null, releaseId: null };
    expect(await journal().after(0, 9)).toEqual([
      { ...told, id: 1, message: '', subject: { ...told.subject, installationId: null } },
      {
        ...line('bare'),
        message: '',
        id: 2,
        subject: { ...none, deviceId: null, installationId: null },
        before: null,
        after: null,
        repeats: null,
      },
    ]);
  });

  it('knows its newest line, which is 0 while there is none', async () => {
    expect(await journal().lastId()).toBe(0);
    await record('a', 'b');
    const [, newest] = await journal().after(0, 9);
    expect(await journal().lastId()).toBe(newest?.id);
  });

  it('reads on from a line that is known, and back from the newest, a page at a time', async () => {
    await record('a', 'b', 'c', 'd', 'e');
    const [first] = await journal().after(0, 1);
    expect(await words(first?.id)).toEqual(['b', 'c', 'd', 'e']);
    const page = await journal().search({}, { limit: 2 });
    expect(page.events.map(wordOf)).toEqual(['e', 'd']);
    const beforeId = page.nextBefore ?? 0;
    const older = await journal().search({}, { limit: 9, beforeId, afterId: first?.id ?? 0 });
    expect(older.events.map(wordOf)).toEqual(['c', 'b']);
    expect([older.nextBefore, older.searchedUntil]).toEqual([null, null]);
  });

  it('finds lines by what they are about', async () => {
    await journal().record([
      line('one', { subject: { deviceId: 'dev-1' } }),
      line('two', { subject: { deviceId: 'dev-2' } }),
      line('other', { kind: 'device.booted', subject: { deviceId: 'dev-1' } }),
    ]);
    const { events } = await journal().search({ deviceId: 'dev-1', kinds: ['device.held'] }, { limit: 9 });
    expect(events.map(wordOf)).toEqual(['one']);
  });

  it('has no line before one that somebody has read already, although many write at once', async () => {
    const seen: number[] = [];
    const read = async () => {
      for (const { id } of await journal().after(seen.at(-1) ?? 0, 100)) seen.push(id);
    };
    let reading = Promise.resolve();
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await record(`${index} a`, `${index} b`);
        reading = reading.then(read);
      }),
    );
    await reading;
    expect(seen).toHaveLength(40);
    expect(seen).toEqual((await journal().after(0, 100)).map(({ id }) => id));
  });

  it('tells who listens of lines that last, in their order', async () => {
    const heard: number[] = [];
    const stop = journal().listen((events) => {
      heard.push(...events.map(({ id }) => id));
    });
    adapter.failAt(1);
    await Promise.allSettled([record('lost'), record('a'), record('b')]);
    adapter.failAt(Infinity);
    const lasting = await journal().after(0, 9);
    expect(lasting.map(wordOf)).toEqual(['a', 'b']);
    expect(heard).toEqual(lasting.map(({ id }) => id));
    stop();
    await record('c');
    expect(heard).toHaveLength(2);
  });

  it('takes all lines of a change or none', async () => {
    await failAtEachStep(
      adapter,
      () => record('a', 'b'),
      async () => {
        expect(await words()).toEqual([]);
      },
    );
    await adapter.reopen();
    expect(await words()).toEqual(['a', 'b']);
  });

  it('answers who reads while a line hangs, without that line', async () => {
    await record('a');
    const release = adapter.hang();
    const recording = record('b');
    expect(await words()).toEqual(['a']);
    release();
    await recording;
    expect(await words()).toEqual(['a', 'b']);
  });

  it('loses old lines about devices and the server, so many at a time, and none that tells a decision', async () => {
    const device = { name: 'device:dev-1', address: null };
    await journal().record([
      line('polled', { kind: 'device.booted', actor: device }),
      line('held'),
      line('promoted', { actor: theServer }),
      line('new', { kind: 'device.booted', actor: device, at: later }),
    ]);
    expect(await journal().prune(later, 1)).toBe(1);
    expect(await words()).toEqual(['held', 'promoted', 'new']);
    expect(await Promise.all([journal().prune(later, 9), journal().prune(later, 9)])).toEqual([1, 0]);
    expect(await words()).toEqual(['held', 'new']);
  });

  it('gives no number of a line that is gone to another one', async () => {
    await journal().record([line('polled', { kind: 'device.booted', actor: theServer })]);
    const lastId = await journal().lastId();
    await journal().prune(later, 9);
    await adapter.reopen();
    await record('a');
    expect(await journal().lastId()).toBeGreaterThan(lastId);
  });
}
