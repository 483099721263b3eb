import { addressGroup } from '../../../../../src/http/address-group';
import { handshakeLimits, HandshakeQueue } from '../../../../../src/http/device/transport/handshake-queue';

/** Devices come back after a power cut. @returns when each was served, in seconds; those that were not are missing */
function powerCut(devices: number, handshakeMs: number, patienceMs: number) {
  const queue = new HandshakeQueue<number>(handshakeLimits);
  const servedAt = new Map<number, number>();
  const ends: { readonly atMs: number }[] = [];
  const again = new Map<number, number>(Array.from({ length: devices }, (_, id) => [id, 0]));
  const tries = new Map<number, number>();
  const cameAt = new Map<number, number>();
  let most = 0;
  const begin = (id: number, nowMs: number) => {
    // RAUC gives up on a connection after 20 s: the handshake that begins then is for nobody.
    const isGone = nowMs - (cameAt.get(id) ?? 0) > patienceMs;
    ends.push({ atMs: nowMs + (isGone ? 1 : handshakeMs) });
    if (!isGone) servedAt.set(id, nowMs / 1000);
    most = Math.max(most, ends.length);
  };
  for (let nowMs = 0; nowMs <= 180_000 && servedAt.size < devices; nowMs += 25) {
    for (let i = ends.length - 1; i >= 0; i -= 1) {
      if ((ends[i]?.atMs ?? 0) > nowMs) continue;
      ends.splice(i, 1);
      queue.end('192.0.2.1');
    }
    const due = queue.due(nowMs);
    for (const id of due.begin) begin(id, nowMs);
    for (const [id, atMs] of [...again]) {
      if (servedAt.has(id)) again.delete(id);
      else if (atMs <= nowMs) {
        again.set(id, nowMs + patienceMs + 1_000);
        cameAt.set(id, nowMs);
        tries.set(id, (tries.get(id) ?? 0) + 1);
        const answer = queue.arrive('192.0.2.1', id, nowMs);
        if (answer === 'begin') begin(id, nowMs);
        if (answer === 'refuse') again.set(id, nowMs + 1_000);
      }
    }
  }
  return { servedAt, most, tries: Math.max(...tries.values()), queue };
}

describe('ten thousand devices behind one address, after a power cut', () => {
  it('get in within a minute when they wait, as curl does, and none is refused', () => {
    const { servedAt, tries, most } = powerCut(10_000, 200, 300_000);
    expect(servedAt.size).toBe(10_000);
    expect(tries).toBe(1);
    expect(Math.max(...servedAt.values())).toBeLessThan(60);
    expect(most).toBeLessThanOrEqual(handshakeLimits.atOnce);
  });

  it("get in within RAUC's six tries when they give up on each after 20 s", () => {
    const { servedAt, tries } = powerCut(10_000, 200, 20_000);
    expect(servedAt.size).toBe(10_000);
    expect(tries).toBeLessThanOrEqual(6);
  });

  it('get in as well when each handshake takes two seconds', () => {
    const { servedAt, tries } = powerCut(10_000, 2_000, 20_000);
    expect(servedAt.size).toBe(10_000);
    expect(tries).toBeLessThanOrEqual(6);
  });
});

describe('the queue for handshakes', () => {
  const limits = {
    atOnce: 2,
    rate: { burst: 3, perSecond: 1 },
    waiting: 2,
    waitingInAll: 3,
    patientMs: 5_000,
    waitMs: 10_000,
  };
  const make = () => new HandshakeQueue<string>(limits);

  it('lets others wait while as many as allowed are under way, and refuses what is too much', () => {
    const queue = make();
    expect(['a', 'b', 'c', 'd', 'e'].map((item) => queue.arrive('x', item, 0))).toEqual([
      'begin',
      'begin',
      'wait',
      'wait',
      'refuse',
    ]);
    expect(queue.isCrowded('x')).toBe(true);
    expect(queue.due(100)).toEqual({ begin: [], refuse: [] });
    queue.end('x');
    expect(queue.due(200)).toEqual({ begin: ['c'], refuse: [] });
    queue.end('x');
    expect(queue.due(300)).toEqual({ begin: [], refuse: [] }); // the burst is used
    expect(queue.due(1_000)).toEqual({ begin: ['d'], refuse: [] });
    expect(queue.isCrowded('x')).toBe(false);
  });

  it('serves another address at once, and one that overflows is not served before its own', () => {
    const queue = make();
    for (const item of ['a', 'b', 'c', 'd']) queue.arrive('x', item, 0);
    expect(queue.arrive('y', 'e', 0)).toBe('begin');
    expect(queue.arrive('y', 'f', 0)).toBe('begin');
    expect(queue.arrive('y', 'g', 0)).toBe('wait');
    expect(queue.arrive('y', 'h', 0)).toBe('refuse'); // too many in all
    expect(queue.arrive('z', 'i', 0)).toBe('begin');
  });

  it('serves who came recently before who has waited for long, and refuses who waited too long', () => {
    const queue = make();
    for (const item of ['a', 'b', 'c']) queue.arrive('x', item, 0);
    queue.arrive('x', 'new', 6_000);
    queue.end('x');
    expect(queue.due(6_000).begin).toEqual(['new']);
    expect(queue.due(9_999)).toEqual({ begin: [], refuse: [] });
    expect(queue.due(10_000)).toEqual({ begin: [], refuse: ['c'] });
  });

  it('gives the place of who has waited for long to who comes', () => {
    const queue = make();
    for (const item of ['a', 'b', 'c', 'd']) queue.arrive('x', item, 0);
    expect(queue.arrive('x', 'early', 4_000)).toBe('refuse');
    queue.due(5_000);
    expect(queue.arrive('x', 'again', 5_000)).toBe('wait');
    expect(queue.due(5_000).refuse).toEqual(['c']);
    expect(queue.waiting).toBe(2);
  });

  it('remembers no address that has nothing under way', () => {
    const queue = make();
    for (let i = 0; i < 1_000; i += 1) {
      queue.arrive(`10.0.${i >> 8}.${i & 255}`, 'a', 0);
      queue.end(`10.0.${i >> 8}.${i & 255}`);
    }
    expect(queue.size).toBe(1_000);
    queue.due(60_000);
    expect(queue.size).toBe(0);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
])('counts %s for %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
