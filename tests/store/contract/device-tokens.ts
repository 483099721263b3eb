import type { NewEvent } from '../../../src/core/event';
import type { TokenExpectation } from '../../../src/ports/device-tokens';
import { anyReason } from '../../support/any-reason';
import { deviceOf } from '../../support/device-factory';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';

const at = new Date('2026-11-02T12:00:00Z');
const until = new Date('2026-11-09T12:00:00Z');
const line = (kind: NewEvent['kind'], name: string): NewEvent => ({
  kind,
  at,
  actor: { name, address: null },
  reason: anyReason(),
});

/** What every store of device tokens does. */
export function describeDeviceTokenRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
    await adapter.put({ device: deviceOf('a') });
  });
  afterEach(() => adapter.close());

  const tokens = () => adapter.store.deviceTokens;
  const put = (sealed: string, expects: TokenExpectation = 'any', overlapUntil: Date | null = until) =>
    tokens().put(
      'device:a',
      'a',
      { sealed, createdAt: at, createdBy: 'ann', overlapUntil },
      expects,
      (became) => [line(`device-token.${became}`, sealed)],
    );
  const one = { createdAt: at, createdBy: 'ann', previous: null, previousUntil: null };

  it('keeps a token and the one before it, also over a restart', async () => {
    expect(await put('first', 'none')).toBe('created');
    expect(await put('second', 'one')).toBe('rotated');
    await adapter.reopen();
    expect(await tokens().find('device:a')).toEqual({
      ...one,
      sealed: 'second',
      previous: 'first',
      previousUntil: until,
    });
    await put('third', 'one', null);
    expect(await tokens().find('device:a')).toEqual({ ...one, sealed: 'third' });
    expect(await tokens().find('device:b')).toBeUndefined();
  });

  it('gives a device to the first of two who make its token at once, and tells of that one alone', async () => {
    expect(await Promise.all([put('first', 'none'), put('second', 'none')])).toEqual(['created', 'taken']);
    expect(await told(adapter)).toEqual(['first: device-token.created']);
    expect(await put('third', 'one')).toBe('rotated');
  });

  it('rotates one after the other, so that the last two count', async () => {
    expect(await put('none', 'one')).toBe('missing');
    await put('first');
    await Promise.all([put('second', 'one'), put('third', 'one')]);
    expect(await tokens().find('device:a')).toMatchObject({ sealed: 'third', previous: 'second' });
  });

  it('has none for a device that does not exist, and deletes that of a device that is forgotten', async () => {
    await put('first');
    const token = { sealed: 'x', createdAt: at, createdBy: 'ann', overlapUntil: null };
    expect(await tokens().put('device:b', 'b', token, 'any', () => [])).toBe('no-device');
    expect(await tokens().put('gateway', null, token, 'any', () => [])).toBe('created');
    await (await adapter.fleet()).decisions.forget('a', () => []);
    expect(await tokens().find('device:a')).toBeUndefined();
    expect(await tokens().any()).toBe('gateway');
  });

  it('removes one, and all, and tells so once', async () => {
    await put('first');
    expect(await tokens().remove('device:a', [line('device-token.removed', 'bob')])).toBe(true);
    expect(await tokens().remove('device:a', [line('device-token.removed', 'cem')])).toBe(false);
    await put('second');
    expect(await tokens().removeAll((count) => [line('device-token.removed', String(count))])).toBe(1);
    expect(await tokens().any()).toBeUndefined();
    expect((await told(adapter)).filter((text) => text.endsWith('removed'))).toEqual([
      'bob: device-token.removed',
      '1: device-token.removed',
    ]);
  });

  it('changes a token with its line in the journal, or not at all', async () => {
    await put('first');
    await failAtEachStep(
      adapter,
      () => put('second'),
      async () => {
        expect(await tokens().find('device:a')).toMatchObject({ sealed: 'first' });
        expect(await told(adapter)).toEqual(['first: device-token.created']);
      },
    );
  });
}
