import { setImmediate as turn } from 'node:timers/promises';
import { KnownBundles } from '../../../../src/store/s3/known-bundles';
import { ObjectUses } from '../../../../src/store/s3/object-uses';

describe('an object that an upload relies on', () => {
  const never = () => Promise.reject(new Error('it was removed'));

  it('is not removed before all uploads of it have ended', async () => {
    const uses = new ObjectUses(new KnownBundles([]));
    const [one, other] = [await uses.begin('a'), await uses.begin('a')];
    one();
    one();
    expect(await uses.unlessUsed('a', never)).toBe(false);
    other();
    expect(await uses.unlessUsed('a', () => Promise.resolve())).toBe(true);
  });

  it('is not looked for while it is being removed', async () => {
    const uses = new ObjectUses(new KnownBundles([]));
    const order: string[] = [];
    let end: () => void = () => undefined;
    const removal = uses.unlessUsed('a', () => new Promise<void>((resolve) => (end = resolve)));
    await turn();
    const use = uses.begin('a').then(() => order.push('begun'));
    await uses.begin('b');
    order.push('removed');
    end();
    await Promise.all([removal, use]);
    expect(order).toEqual(['removed', 'begun']);
  });

  it('is looked for after the removal that has begun, and not removed by the next', async () => {
    const uses = new ObjectUses(new KnownBundles([]));
    const order: string[] = [];
    let end: () => void = () => undefined;
    const removal = uses.unlessUsed('a', () => new Promise<void>((resolve) => (end = resolve)));
    const next = uses.unlessUsed('a', never);
    await turn();
    const use = uses.begin('a').then(() => order.push('begun'));
    await turn();
    order.push('removed');
    end();
    expect(await Promise.all([removal, next])).toEqual([true, false]);
    await use;
    expect(order).toEqual(['removed', 'begun']);
  });

  it('is not removed when a bundle has got its name before the turn of the removal came', async () => {
    const known = new KnownBundles([]);
    const uses = new ObjectUses(known);
    let end: () => void = () => undefined;
    const removal = uses.unlessUsed('a', () => new Promise<void>((resolve) => (end = resolve)));
    const next = uses.unlessUsed('a', never);
    await turn();
    known.add('a.raucb', { sha256: 'a', sizeBytes: 1 });
    end();
    expect(await Promise.all([removal, next])).toEqual([true, false]);
  });
});
