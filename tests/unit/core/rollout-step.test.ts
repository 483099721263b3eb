import { everyoneAtOnce } from '../../../src/core/rollout';
import { placeInRelease, stepOf } from '../../../src/core/rollout-step';

const steps = [
  { kind: 'group', label: 'lab' },
  { kind: 'percent', percent: 10 },
  { kind: 'percent', percent: 50 },
] as const;
const policy = { ...everyoneAtOnce, steps } as unknown as typeof everyoneAtOnce;

const places = Array.from({ length: 200 }, (_, index) => ({
  id: `dev-${index}`,
  labels: [],
  attributes: {},
  place: placeInRelease(1, `dev-${index}`),
}));

describe('the place of a device in a release', () => {
  it('is the same each time, and another one in another release', () => {
    expect(placeInRelease(1, 'dev-1')).toBe(placeInRelease(1, 'dev-1'));
    expect(placeInRelease(2, 'dev-1')).not.toBe(placeInRelease(1, 'dev-1'));
    // The ids do not run into one another.
    expect(placeInRelease(11, 'dev')).not.toBe(placeInRelease(1, '1dev'));
  });

  it('does not change from one version of the server to the next: a rollout goes on', () => {
    expect(placeInRelease(1, 'dev-1')).toBeCloseTo(66.70942989811657, 10);
  });

  it('is anywhere from 0 up to 100', () => {
    for (const { place } of places) {
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThan(100);
    }
    expect(places.filter(({ place }) => place < 50).length).toBeGreaterThan(70);
    expect(places.filter(({ place }) => place >= 50).length).toBeGreaterThan(70);
  });
});

describe('the step that reaches a device', () => {
  it('is that of its group, whatever its place', () => {
    const last = places.find(({ place }) => place > 90);
    expect(stepOf(policy, 1, { id: last?.id ?? '', labels: ['site=a', 'lab'], attributes: {} })).toBe(0);
  });

  it('is that of what it tells of itself, by name and value, and never that of a label', () => {
    const policyOf = (name: string, value: string) => ({
      ...everyoneAtOnce,
      steps: [{ kind: 'attribute', name, value } as const],
    });
    const device = {
      id: 'dev-1',
      labels: ['product=gateway'],
      attributes: { product: 'gateway', place: 'product' },
    };
    expect(stepOf(policyOf('product', 'gateway'), 1, device)).toBe(0);
    expect(stepOf(policyOf('product', 'Gateway'), 1, device)).toBeNull();
    expect(stepOf(policyOf('gateway', 'product'), 1, device)).toBeNull();
    expect(stepOf(policyOf('constructor', 'Object'), 1, device)).toBeNull();
    expect(stepOf(policyOf('product', 'gateway'), 1, { ...device, attributes: {} })).toBeNull();
  });

  it('is the first one with room for its place, or none', () => {
    for (const device of places) {
      const { place } = device;
      expect(stepOf(policy, 1, device)).toBe(place < 10 ? 1 : place < 50 ? 2 : null);
    }
  });

  it('is the one for everybody', () => {
    expect(stepOf(everyoneAtOnce, 1, { id: 'dev-1', labels: [], attributes: {} })).toBe(0);
  });
});
