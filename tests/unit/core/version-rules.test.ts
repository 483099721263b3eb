import { orderOf, versionFit, whyNotComparable, whyNotOrdered } from '../../../src/core/version-rules';
import { parseVersionRange } from '../../../src/core/version-range';

describe('the order of a bundle and what a device runs', () => {
  it.each([
    ['1.0', '2.0', 'older'],
    ['2.0', '1.0', 'not-older'],
    ['2.0', '2.0', 'not-older'],
    [null, '1.0', 'not-comparable'],
    ['1.0', null, 'not-comparable'],
    ['', '1.0', 'not-comparable'],
    ['1.0', '', 'not-comparable'],
  ])('of %j and %j is %s', (target, running, order) => {
    expect(orderOf(target, running)).toBe(order);
  });
});

describe('why versions are not compared', () => {
  it('names whose version it is, and the version', () => {
    expect(whyNotComparable('bundle', null)).toMatch(/bundle.*unknown/);
    expect(whyNotComparable('device', ' odd')).toMatch(/device.* odd/);
  });

  it('is told of each side that cannot be compared', () => {
    const device = whyNotComparable('device', null);
    const bundle = whyNotComparable('bundle', '');
    expect(whyNotOrdered('1.0', null)).toBe(device);
    expect(whyNotOrdered('', '1.0')).toBe(bundle);
    expect(whyNotOrdered('', null)).toBe(`${device} and ${bundle}`);
    expect(whyNotOrdered(null, '')).toBe(
      `${whyNotComparable('device', '')} and ${whyNotComparable('bundle', null)}`,
    );
  });
});

describe('a release fits a device by its versions', () => {
  const upwards = { allowDowngrade: false, from: null };

  it.each([
    [upwards, '2.0', '1.0', 'fits'],
    [upwards, '2.0', '2.0', 'runs-it'],
    [upwards, '1.0', '2.0', 'older'],
    [upwards, null, '1.0', 'fits'],
    [upwards, null, null, 'fits'],
    [upwards, '2.0', null, 'fits'],
    [{ allowDowngrade: true, from: null }, '1.0', '2.0', 'fits'],
    [{ allowDowngrade: true, from: null }, '2.0', '2.0', 'runs-it'],
    [{ allowDowngrade: false, from: parseVersionRange('=1.0') }, '2.0', '1.0', 'fits'],
    [{ allowDowngrade: false, from: parseVersionRange('=1.0') }, '2.0', '1.5', 'outside-from'],
    [{ allowDowngrade: false, from: parseVersionRange('=1.0') }, '2.0', null, 'outside-from'],
    [{ allowDowngrade: false, from: parseVersionRange('=1.0') }, '2.0', '3.0', 'older'],
  ] as const)('%j, bundle %j, device %j: %s', (policy, target, running, fit) => {
    expect(versionFit(policy, target, running)).toBe(fit);
  });
});
