import { hostOption, isRenewalDue, whyHeldBack } from '../../../src/core/server-certificate';

const at = new Date('2030-06-01T00:00:00Z');
const inDays = (days: number) => new Date(at.getTime() + days * 86_400_000);

describe('a renewal is due', () => {
  it.each([
    ['31 days before the end', inDays(31), null, false],
    ['29 days before the end', inDays(29), null, true],
    ['29 days before the end of one made for two years', inDays(29), inDays(-700), true],
    ['after the end', inDays(-100), inDays(-900), true],
    ['half-way through ten days', inDays(5), inDays(-5), false],
    ['three days before the end of ten', inDays(3), inDays(-7), true],
    ['when a wrong clock noted that it was made after its end', inDays(29), inDays(40), true],
  ])('%s: %s', (_, notAfter, issuedAt, isDue) => {
    expect(isRenewalDue(notAfter, issuedAt, at)).toBe(isDue);
  });
});

describe('a new certificate is held back', () => {
  const covers = (names: readonly string[], host: string) => names.includes(host);
  const judge = (
    inUse: { names: string[]; notAfter?: Date },
    found: { names: string[]; notAfter?: Date },
    asked: string[],
  ) =>
    whyHeldBack({ notAfter: inDays(9), ...inUse }, { notAfter: inDays(99), ...found }, { at, asked, covers });

  it('when it misses a name that devices asked for', () => {
    expect(judge({ names: ['a', 'b'] }, { names: ['b'] }, ['a', 'b'])).toEqual({
      kind: 'misses-names',
      names: ['a'],
    });
  });

  it('when it has expired', () => {
    expect(judge({ names: ['a'] }, { names: ['a'], notAfter: at }, [])).toEqual({
      kind: 'expired',
      notAfter: at,
    });
  });

  it.each([
    ['it has the names that are asked for', ['a', 'b'], ['b'], ['b']],
    ['nobody asks for what it misses', ['a', 'b'], ['b'], []],
    ['the one in use misses the name, too', ['b'], ['b'], ['a']],
  ])('but not when %s', (_, inUse, found, asked) => {
    expect(judge({ names: inUse }, { names: found }, asked)).toBeNull();
  });

  it('but not when the one in use has expired, and lets no device in', () => {
    expect(judge({ names: ['a'], notAfter: at }, { names: ['b'] }, ['a'])).toBeNull();
  });
});

it.each([
  ['updates.example.com', '--name updates.example.com'],
  ['10.0.0.7', '--ip 10.0.0.7'],
  ['fd00::7', '--ip fd00::7'],
  ['10.0.0.7.example', '--name 10.0.0.7.example'],
])('the command that adds %s says %s', (host, option) => {
  expect(hostOption(host)).toBe(option);
});
