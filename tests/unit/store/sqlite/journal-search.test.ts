import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { EventFilter } from '../../../../src/core/event-filter';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { anyReason, wordOf } from '../../../support/any-reason';
import { fillJournal } from '../../../support/large-journal';
import { temporaryFolder } from '../../../support/programs';

const lines = 300_000;
/** As many as one search looks at. */
const lookedAt = 100_000;
const from = new Date('2026-01-01T00:00:00Z');
const atLine = (id: number) => new Date(from.getTime() + (id - 1) * 1_000);

let store: OpenStore;
beforeAll(async () => {
  const dataDir = path.join(await temporaryFolder(), 'data');
  const options = { newName: randomUUID, pid: process.pid };
  (await openStore(dataDir, options)).close();
  fillJournal(dataDir, lines, from);
  store = await openStore(dataDir, options);
});
afterAll(() => store.close());

/** How often everything else got a turn meanwhile. */
async function turnsDuring<Result>(work: Promise<Result>): Promise<{ result: Result; turns: number }> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const result = await work.finally(() => {
    isOver = true;
  });
  return { result, turns };
}

async function searchOn(filter: EventFilter, limit = 100) {
  const ids: number[] = [];
  let searches = 0;
  let beforeId: number | undefined;
  do {
    const page = { limit, ...(beforeId === undefined ? {} : { beforeId }) };
    const { events, nextBefore } = await store.journal.search(filter, page);
    ids.push(...events.map(({ id }) => id));
    beforeId = nextBefore ?? undefined;
    searches += 1;
  } while (beforeId !== undefined);
  return { ids, searches };
}

describe('a search in a journal of 300,000 lines', () => {
  it.each<[string, EventFilter]>([
    ['a bundle', { bundleName: 'rare.raucb' }],
    ['a compatible', { compatible: 'rare' }],
    ['an installation', { installationId: 900_000 }],
    ['what no line of a frequent kind is about', { kinds: ['device.', 'installation.'], compatible: 'none' }],
  ])(
    'for %s looks at a bounded number of them, says how far it came, and lets others work',
    async (_, filter) => {
      const { result, turns } = await turnsDuring(store.journal.search(filter, { limit: 100 }));
      const { events, nextBefore, searchedUntil } = result;
      expect(events).toEqual([]);
      expect(nextBefore).toBe(lines - lookedAt + 1);
      expect(searchedUntil).toEqual(atLine(lines - lookedAt + 1));
      expect(turns).toBeGreaterThanOrEqual(49);
    },
  );

  it('goes on where it ended, to the first line of all', async () => {
    expect(await searchOn({ bundleName: 'rare.raucb' })).toEqual({ ids: [1], searches: 3 });
    expect(await searchOn({ installationId: 900_000 })).toEqual({ ids: [], searches: 3 });
  });

  it.each<[string, EventFilter, number[]]>([
    ['a rare kind', { kinds: ['token.'] }, [1]],
    ['rare kinds', { kinds: ['token.created', 'webhook.', 'device.held'] }, [1]],
    ['a kind that never was', { kinds: ['rollout.'] }, []],
    ['a person', { actor: 'local' }, [1]],
    ['a person and a frequent kind', { actor: 'local', kinds: ['device.'] }, []],
    ['a release that never was', { releaseId: 99 }, []],
    ['a device that never was', { deviceId: 'nobody' }, []],
    ['a device by its own word', { actor: 'device:nobody' }, []],
    ['a time before all', { until: from }, []],
    ['a time after all', { since: new Date('2027-01-01T00:00:00Z') }, []],
    ['the first seconds', { until: atLine(3) }, [2, 1]],
  ])('finds %s at once', async (_, filter, ids) => {
    const { events, nextBefore } = await store.journal.search(filter, { limit: 100 });
    expect(events.map(({ id }) => id)).toEqual(ids);
    expect(nextBefore).toBeNull();
  });

  it('finds a time in the middle', async () => {
    const middle = { since: atLine(150_000), until: atLine(150_003) };
    const { ids } = await searchOn(middle);
    expect(ids).toEqual([150_002, 150_001, 150_000]);
    const { ids: ofDevice } = await searchOn({ ...middle, deviceId: 'dev-0' });
    expect(ofDevice).toEqual([150_001]);
  });

  it('finds lines that a clock wrote that was ahead, although ids do not grow with it', async () => {
    const ahead = new Date('2031-05-05T12:00:00Z');
    const event = { kind: 'device.held', at: ahead, actor: { name: 'local', address: null } } as const;
    await store.journal.record([{ ...event, reason: anyReason('ahead') }]);
    await store.journal.record([{ ...event, at: atLine(lines + 2), reason: anyReason('set right') }]);
    const since = { since: new Date('2031-01-01T00:00:00Z') };
    const { events } = await store.journal.search(since, { limit: 100 });
    expect(events.map(wordOf)).toEqual(['ahead']);
  });

  it('reads page by page without a gap, each line once', async () => {
    const filter = { kinds: ['installation.'], deviceId: 'dev-7' };
    const { ids } = await searchOn(filter, 7);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
    expect(ids).toHaveLength(200);
  });

  it('has only what is newer than a line that is known', async () => {
    const { events, nextBefore } = await store.journal.search({}, { limit: 2, afterId: lines - 1 });
    expect(events.at(-1)?.id).toBeGreaterThanOrEqual(lines);
    const none = await store.journal.search({ compatible: 'rare' }, { limit: 2, afterId: lines - 1_000 });
    expect({ ...none, nextBefore }).toMatchObject({ events: [], searchedUntil: null });
  });

  it('is read by those who follow a page at a time, each in its turn', async () => {
    const pages = Array.from({ length: 20 }, () => store.journal.after(0, 500));
    const { result, turns } = await turnsDuring(Promise.all(pages));
    expect(result.every((page) => page.length === 500 && page[0]?.id === 1)).toBe(true);
    expect(turns).toBeGreaterThanOrEqual(19);
  });

  it('looks for old lines only where there are some', async () => {
    expect(await store.journal.prune(from, 10)).toBe(0);
    expect(await store.journal.prune(atLine(5), 10)).toBe(3);
    const { events } = await store.journal.search({ until: atLine(6) }, { limit: 10 });
    expect(events.map(({ id }) => id)).toEqual([5, 1]);
  });
});
