import { setImmediate as turn } from 'node:timers/promises';
import { ObjectUses } from '../../../../src/store/s3/object-uses';

describe('an object that an upload relies on', () => {
  const never = () => Promise.reject(new Error('it was removed'));

  it('is not removed before all uploads of it have ended', async () => {
    const uses = new ObjectUses();
    const [one, other] = [await uses.begin('a'), await uses.begin('a')];
    one();
    one();
    expect(await uses.unlessUsed('a', never)).toBe(false);
    other();
    expect(await uses.unlessUsed('a', () => Promise.resolve())).toBe(true);
  });

  it('is not looked for while it is being removed', async () => {
    const uses = new ObjectUses();
    const order: string[] = [];
    let end: () => void = () => undefined;
    const removal = uses.unlessUsed('a', () => new Promise<void>((resolve) => (end = resolve)));
    const use = uses.begin('a').then(() => order.push('begun'));
    await uses.begin('b');
    order.push('removed');
    end();
    await Promise.all([removal, use]);
    expect(order).toEqual(['removed', 'begun']);
  });

  it('is not looked for before all removals of it have ended', async () => {
    const uses = new ObjectUses();
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const remove = () => new Promise<void>((resolve) => ends.push(resolve));
    const removals = [uses.unlessUsed('a', remove), uses.unlessUsed('a', remove)];
    const use = uses.begin('a').then(() => order.push('begun'));
    for (const count of [1, 2]) {
      await turn();
      expect(ends).toHaveLength(count); // one at a time
      order.push(`removed ${count}`);
      ends.at(-1)?.();
    }
    await Promise.all([...removals, use]);
    expect(order).toEqual(['removed 1', 'removed 2', 'begun']);
  });
});
