import type { RefusedSubject } from '../../../../src/core/connection-refusal';
import type { NewEvent } from '../../../../src/core/event';
import {
  RefusedCertificateList,
  type RefusedContact,
} from '../../../../src/services/certificates/refused-certificates';

const hourMs = 3_600_000;
let at: Date;
let told: NewEvent[];
let errors: string[];
let record: (events: readonly NewEvent[]) => Promise<void>;
let refused: RefusedCertificateList;
let reads: number;

beforeEach(() => {
  at = new Date('2030-01-01T00:00:00Z');
  told = [];
  errors = [];
  reads = 0;
  record = (events) => {
    told.push(...events);
    return Promise.resolve();
  };
  refused = new RefusedCertificateList({
    journal: { record: (events) => record(events) },
    log: { error: (_: object, message: string) => errors.push(message) },
    now: () => at,
  });
});

const pass = (ms: number) => (at = new Date(at.getTime() + ms));

function come(fingerprint: string, what: Partial<RefusedSubject & RefusedContact> = {}): void {
  refused.note({
    fingerprint,
    cause: what.cause ?? 'expired',
    reason: what.reason ?? 'CERT_HAS_EXPIRED',
    address: '192.0.2.7',
    addressGroup: what.addressGroup ?? '192.0.2.7',
    describe() {
      reads += 1;
      const { subject = 'CN=board-1', deviceId = 'board-1', isOurs = true } = what;
      return { subject, issuer: 'CN=Acme devices', serial: fingerprint, deviceId, isOurs };
    },
  });
}
const listed = (search?: string) =>
  refused.list({ limit: 5_000, ...(search === undefined ? {} : { search }) });
const stranger = { isOurs: false, deviceId: null, cause: 'unknown-ca' as const };

it('counts a certificate, and reads it once', () => {
  come('aa');
  pass(60_000);
  come('aa', { cause: 'revoked', reason: 'its certificate is revoked' });
  expect(listed()).toEqual({
    certificates: [
      {
        ...{ subject: 'CN=board-1', issuer: 'CN=Acme devices', serial: 'aa', fingerprint: 'aa' },
        ...{ deviceId: 'board-1', isOurs: true, cause: 'revoked', reason: 'its certificate is revoked' },
        ...{ address: '192.0.2.7', count: 2 },
        firstAt: new Date('2030-01-01T00:00:00Z'),
        lastAt: new Date('2030-01-01T00:01:00Z'),
      },
    ],
    total: 1,
  });
  expect(reads).toBe(1);
});

it('tells the journal once an hour of each certificate', () => {
  for (let minute = 0; minute < 119; minute += 1) {
    come('aa');
    pass(60_000);
  }
  come('bb');
  expect(told.map(({ after }) => [after?.['serial'], after?.['count']])).toEqual([
    ['aa', 1],
    ['aa', 61],
    ['bb', 1],
  ]);
  expect(told[0]).toMatchObject({
    kind: 'certificate.refused',
    reason: { parameters: { subject: 'CN=board-1', address: '192.0.2.7', why: 'CERT_HAS_EXPIRED' } },
    subject: { deviceId: 'board-1' },
  });
});

it('tells again after a clock that was set back by more than an hour', () => {
  come('aa');
  pass(-48 * hourMs);
  for (let minute = 0; minute < 5; minute += 1) {
    pass(60_000);
    come('aa');
  }
  expect(told).toHaveLength(2);
});

it('is found by subject, issuer, address, serial and fingerprint', () => {
  come('0a1b2c', { subject: 'CN=Board-7' });
  come('ff', { subject: 'CN=other' });
  for (const search of ['board-7', '0A:1B', '0a1b2c']) expect(listed(search).total).toBe(1);
  for (const search of ['acme', '192.0.2', '']) expect(listed(search).total).toBe(2);
  expect(listed('nobody').total).toBe(0);
  expect(refused.list({ limit: 1 })).toMatchObject({ certificates: [{ fingerprint: 'ff' }], total: 2 });
});

it('lets no stranger push out one of ours, or fill the journal', () => {
  come('ours');
  for (let n = 0; n < 3_000; n += 1) come(`strange-${n}`, { ...stranger, addressGroup: `a-${n}` });
  expect(listed().total).toBe(1 + 500);
  expect(listed().certificates[0]?.fingerprint).toBe('ours');
  expect(told.length).toBeLessThanOrEqual(1 + 20);
  come('ours-2');
  expect(told.at(-1)).toMatchObject({ after: { fingerprint: 'ours-2' } });
});

it('keeps a bounded list of ours too, and bounds what the journal is told of them', () => {
  for (let n = 0; n < 5_000; n += 1) come(`board-${n}`);
  expect(listed().total).toBe(2_000);
  expect(told).toHaveLength(100);
});

it('goes on when the journal takes no line, says so once, and says so again after it healed', async () => {
  const settle = () => new Promise(setImmediate);
  const broken = () => Promise.reject(new Error('disk full'));
  const healthy = record;
  record = broken;
  for (const key of ['a', 'b']) {
    come(key);
    await settle();
  }
  expect(errors).toHaveLength(1);
  record = healthy;
  come('c');
  await settle();
  record = broken;
  come('d');
  await settle();
  expect(errors).toHaveLength(2);
  expect(listed().total).toBe(4);
});
