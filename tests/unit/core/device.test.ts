import {
  certificateInUse,
  certifiedCompatible,
  isDeviceId,
  mayBe,
  newDevice,
  parseChannel,
  parseDeviceId,
  parseLabel,
} from '../../../src/core/device';
import { hourMs, madeAt } from '../../support/fleet-factory';

describe('parseDeviceId', () => {
  it.each(['dev-1', 'A', '0', '00:11:22:33:44:55', 'sn_4@site+b.example', 'x'.repeat(64)])(
    'returns %s unchanged',
    (id) => {
      expect(parseDeviceId(id)).toBe(id);
      expect(isDeviceId(id)).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    '..',
    '../server',
    '/etc',
    '.hidden',
    '-x',
    'a b',
    'a/b',
    'a\\b',
    'a\0',
    'a\n',
    'a,b',
    'ä',
    'x'.repeat(65),
  ])('refuses %j', (id) => {
    expect(() => parseDeviceId(id)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'invalid-input' }) as Error,
    );
    expect(isDeviceId(id)).toBe(false);
  });
});

describe.each([
  ['parseLabel', parseLabel],
  ['parseChannel', parseChannel],
])('%s', (_name, parse) => {
  it.each(['stable', 'lab', 'site=berlin', '0', 'a:b@c+d-e.f_g', 'x'.repeat(64)])(
    'returns %s unchanged',
    (word) => {
      expect(parse(word)).toBe(word);
    },
  );

  it.each(['', ' lab', 'lab ', 'a b', 'a,b', 'a/b', '-x', '=x', '_x', 'ä', 'a\n', 'x'.repeat(65)])(
    'refuses %j',
    (word) => {
      expect(() => parse(word)).toThrow(
        expect.objectContaining({ name: 'DomainError', code: 'invalid-input' }) as Error,
      );
    },
  );
});

describe('a device of which nothing is known', () => {
  it.each(['admitted', 'waiting'] as const)('is made as it is admitted: %s', (admission) => {
    const device = newDevice('dev-1', admission, madeAt);
    expect(device).toMatchObject({ id: 'dev-1', admission, createdAt: madeAt, channel: 'stable' });
    expect(device).toMatchObject({ labels: [], certificates: [], boundCompatibles: [], notes: '' });
    expect(device).toMatchObject({ firstContactAt: null, hold: null, pin: null, pollerOmits: null });
  });
});

describe('the certificate in use', () => {
  const seen = (serial: string, hours: number) => ({
    serial,
    firstSeenAt: madeAt,
    lastSeenAt: new Date(madeAt.getTime() + hours * hourMs),
  });

  it('is the one that was seen last, and of two that were seen at once the later one', () => {
    expect(certificateInUse({ certificates: [] })).toBeUndefined();
    const inUse = (...certificates: ReturnType<typeof seen>[]) => certificateInUse({ certificates })?.serial;
    expect(inUse(seen('a', 1), seen('b', 3), seen('c', 2))).toBe('b');
    expect(inUse(seen('a', 1), seen('b', 1))).toBe('b');
  });
});

describe('what a device may be', () => {
  it('is anything without a binding, and else what its certificate is bound to', () => {
    expect(mayBe('board', [])).toBe(true);
    expect(mayBe('board', ['gateway', 'board'])).toBe(true);
    expect(mayBe('board', ['gateway'])).toBe(false);
  });

  it.each<[readonly string[], string | null, string | null, string | null]>([
    [[], 'board', 'gateway', 'board'],
    [[], null, 'gateway', 'gateway'],
    [[], null, null, null],
    [['board'], 'board', null, 'board'],
    [['board'], 'gateway', null, 'board'],
    [['board'], 'gateway', 'gateway', 'board'],
    [['board'], null, null, 'board'],
    [['board', 'gateway'], null, null, null],
    [['board', 'gateway'], 'other', 'gateway', 'gateway'],
    [['board', 'gateway'], 'other', 'other', null],
  ])('bound to %j, claiming %j, known as %j: %j', (bound, claimed, known, compatible) => {
    expect(certifiedCompatible(bound, claimed, known)).toBe(compatible);
  });
});

describe('what is refused', () => {
  it.each([
    ['parseDeviceId', parseDeviceId, /device id/],
    ['parseLabel', parseLabel, /a label/],
    ['parseChannel', parseChannel, /a channel/],
  ])('is quoted, cut short, with a remedy: %s', (_name, parse, what) => {
    const refusal = (): unknown => {
      try {
        return parse(' '.repeat(1000));
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toMatchObject({
      message: expect.stringMatching(what) as string,
      remedy: expect.stringMatching(/letters.*64/) as string,
    });
    expect(refusal()).toMatchObject({ message: expect.stringMatching(/^" {80}"/) as string });
  });
});
