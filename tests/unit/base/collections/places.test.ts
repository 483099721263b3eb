import { Places } from '../../../../src/base/collections/places';

const refused = new Error('refused');
const newPlaces = (options: { count?: number; maxWaiting?: number; maxWaitMs?: number } = {}) =>
  new Places({ count: 1, maxWaiting: 9, maxWaitMs: 60_000, refusal: () => refused, ...options });

/** Takes a place, and notes when it gets it. */
function taking(places: Places, order: string[]) {
  return (name: string, isUrgent = false) => places.take(isUrgent).then(() => void order.push(name));
}

describe('places', () => {
  it('are given in the order in which they were asked for, urgent ones first', async () => {
    const places = newPlaces({ count: 2 });
    const order: string[] = [];
    const take = taking(places, order);
    const all = [take('a'), take('b'), take('c'), take('d'), take('urgent', true), take('more urgent', true)];
    await Promise.all(all.slice(0, 2));
    expect(order).toEqual(['a', 'b']);
    for (let left = 4; left > 0; left -= 1) places.giveBack();
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'urgent', 'more urgent', 'c', 'd']);
  });

  it('are refused at once while too many wait, but not to urgent ones', async () => {
    const places = newPlaces({ maxWaiting: 2 });
    const order: string[] = [];
    const take = taking(places, order);
    const waiting = [take('a'), take('b'), take('c')];
    await expect(places.take()).rejects.toBe(refused);
    waiting.push(take('urgent', true));
    for (let left = 3; left > 0; left -= 1) places.giveBack();
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'urgent', 'b', 'c']);
  });

  it('are refused after a while, and then go to the next one', async () => {
    const places = newPlaces({ maxWaitMs: 20 });
    await places.take();
    const late = places.take();
    await expect(late).rejects.toBe(refused);
    const next = places.take();
    places.giveBack();
    await next;
    places.giveBack();
    await places.take();
  });
});
