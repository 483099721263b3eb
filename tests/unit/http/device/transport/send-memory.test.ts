import {
  ConnectionAccount,
  DeviceAccount,
  type Grant,
  memoryLimitsOf,
  SendMemory,
} from '../../../../../src/http/device/transport/send-memory';

const limits = { process: 300, device: 100, reserve: 10 };
let memory: SendMemory;
beforeEach(() => {
  memory = new SendMemory(limits);
});

/** An answer that asks, and what it got so far. */
class Asker {
  readonly grants: Grant[] = [];
  readonly callOff: () => void;

  constructor(connection: ConnectionAccount, wantedBytes: number) {
    this.callOff = memory.ask(
      connection,
      wantedBytes,
      (grant) => grant !== undefined && this.grants.push(grant),
    );
  }

  get bytes(): number | undefined {
    return this.grants[0]?.bytes;
  }

  giveBack(): void {
    this.grants[0]?.giveBack();
  }
}

const connectionOf = (device = new DeviceAccount()) => new ConnectionAccount(device);
const bytesOf = (askers: readonly Asker[]) => askers.map(({ bytes }) => bytes);

describe('what is read for one device', () => {
  it('is granted in turn, as what was there before leaves', () => {
    const connection = connectionOf();
    const askers = [60, 40, 30, 5].map((bytes) => new Asker(connection, bytes));
    const [first, second, third] = askers;
    expect(bytesOf(askers)).toEqual([60, 40, undefined, undefined]); // not the 5 ahead of the 30
    second?.giveBack();
    expect(bytesOf(askers)).toEqual([60, 40, 30, 5]);
    for (const asker of [first, second, third, ...askers]) asker?.giveBack(); // twice is once
    expect(memory.usedBytes).toBe(0);
    expect(bytesOf([100, 1].map((bytes) => new Asker(connection, bytes)))).toEqual([100, undefined]);
  });

  it('passes over who has cancelled', () => {
    const connection = connectionOf();
    const [holder, gone, next] = [100, 90, 20].map((bytes) => new Asker(connection, bytes));
    gone?.callOff();
    holder?.giveBack();
    expect(bytesOf([gone as Asker, next as Asker])).toEqual([undefined, 20]);
    gone?.callOff();
    expect(memory.usedBytes).toBe(20);
  });

  it('lets those behind go ahead when the first of them calls off', () => {
    const connection = connectionOf();
    const [, large, small] = [60, 60, 40].map((bytes) => new Asker(connection, bytes));
    expect(small?.bytes).toBeUndefined();
    large?.callOff();
    expect(small?.bytes).toBe(40);
  });

  it('is granted at once while there is room and nobody waits', () => {
    const connection = connectionOf();
    const first = memory.takeNow(connection, 60);
    expect(first?.bytes).toBe(60);
    expect(memory.takeNow(connection, 60)).toBeUndefined();
    const waits = new Asker(connection, 50);
    expect(memory.takeNow(connection, 10)).toBeUndefined(); // not ahead of the 50
    first?.giveBack();
    first?.giveBack();
    expect(waits.bytes).toBe(50);
    expect(memory.takeNow(connection, 10)?.bytes).toBe(10);
    expect(memory.usedBytes).toBe(60);
  });

  it('is never held up by another connection of it: one that holds nothing gets a little', () => {
    const device = new DeviceAccount();
    const stuck = connectionOf(device);
    const fresh = connectionOf(device);
    expect(bytesOf([new Asker(stuck, 100), new Asker(stuck, 100)])).toEqual([100, undefined]);
    for (let round = 0; round < 3; round++) {
      const [now, later] = [new Asker(fresh, 50), new Asker(fresh, 4)];
      expect(bytesOf([now, later])).toEqual([10, undefined]);
      now.giveBack();
      expect(later.bytes).toBe(4);
      later.giveBack();
    }
    expect(memory.usedBytes).toBe(100);
  });
});

describe('what is read for all devices', () => {
  const devices = (count: number) => Array.from({ length: count }, () => connectionOf());
  const fiveDevices = () =>
    [connectionOf(), connectionOf(), connectionOf(), connectionOf(), connectionOf()] as const;

  it('is bounded, and goes to those that wait in turn', () => {
    const [a, b, c, d, e] = fiveDevices();
    const holders = [a, b, c].map((connection) => new Asker(connection, 100));
    const [d1, d2, e1] = [new Asker(d, 80), new Asker(d, 80), new Asker(e, 70)];
    expect(bytesOf([d1, d2, e1])).toEqual([10, undefined, 10]); // the reserve
    expect(memory.usedBytes).toBe(320);
    const e2 = new Asker(e, 70);
    holders[0]?.giveBack();
    expect(bytesOf([d2, e2])).toEqual([80, undefined]);
    holders[1]?.giveBack();
    expect(e2.bytes).toBe(70);
    expect(memory.usedBytes).toBe(270);
  });

  it('is not granted at once when all of it is used, or others wait for it', () => {
    const [a, b, c, d, e] = fiveDevices();
    const holders = [a, b, c].map((connection) => memory.takeNow(connection, 100));
    expect(memory.takeNow(d, 1)).toBeUndefined();
    const [reserve, waits] = [new Asker(d, 10), new Asker(d, 80)];
    holders[0]?.giveBack();
    expect(waits.bytes).toBe(80);
    const [, large] = [new Asker(e, 10), new Asker(e, 90)];
    reserve.giveBack();
    expect(memory.takeNow(a, 1)).toBeUndefined(); // the large one waits
    expect(large.bytes).toBeUndefined();
  });

  it('is not taken from who waits by others that want less', () => {
    const [a, b, c, d] = devices(4) as [
      ConnectionAccount,
      ConnectionAccount,
      ConnectionAccount,
      ConnectionAccount,
    ];
    const holders = [a, b, c].map((connection, i) => new Asker(connection, i === 2 ? 100 : 95));
    const waits = [new Asker(d, 20), new Asker(d, 100)];
    expect(bytesOf(waits)).toEqual([10, undefined]);
    holders[0]?.giveBack();
    expect(waits[1]?.bytes).toBeUndefined(); // 100 are not free: 195 + 10 are used
    const other = new Asker(b, 4);
    expect(other.bytes).toBeUndefined();
    holders[1]?.giveBack();
    expect([waits[1]?.bytes, other.bytes]).toEqual([100, 4]);
  });

  it('is all given back whatever happens in which order', () => {
    const connections = devices(20);
    const askers: Asker[] = [];
    // A fixed sequence that looks random.
    for (let i = 1, state = 7; i < 5_000; i++) {
      state = (state * 48_271) % 2_147_483_647;
      const connection = connections[state % connections.length];
      if (connection !== undefined && state % 3 > 0) askers.push(new Asker(connection, 1 + (state % 100)));
      else askers[state % Math.max(1, askers.length)]?.[state % 2 === 0 ? 'giveBack' : 'callOff']();
      expect(memory.usedBytes).toBeLessThanOrEqual(limits.process + connections.length * limits.reserve);
    }
    for (let last = -1; last !== memory.usedBytes;) {
      last = memory.usedBytes;
      for (const asker of askers) asker.giveBack();
    }
    expect(memory.usedBytes).toBe(0);
    expect(askers.filter(({ bytes }) => bytes !== undefined).length).toBeGreaterThan(1_000);
  });
});

describe('the limits', () => {
  it.each([
    ['a board with 128 MiB', 2 ** 27, 8, 1],
    ['a small virtual machine', 2 ** 29, 32, 2],
    ['2 GiB', 2 ** 31, 128, 2],
    ['64 GiB', 2 ** 36, 256, 2],
  ])('of %s', (_, totalBytes, processMib, deviceMib) => {
    const { process, device } = memoryLimitsOf(totalBytes);
    expect([process / 2 ** 20, device / 2 ** 20]).toEqual([processMib, deviceMib]);
  });
});
