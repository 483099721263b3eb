import { DomainError } from '../../../../src/core/errors';
import { finding, findingRemedy, findingSentence } from '../../../../src/core/reasons/doctor/sentences';
import type { DatabaseCondition } from '../../../../src/ports/installed-data';
import type { ProbeListeners, ProxyGreeting } from '../../../../src/ports/listener-probes';
import type { Check } from '../../../../src/services/doctor/check';
import { clockCheck } from '../../../../src/services/doctor/checks/clock';
import { namesCheck } from '../../../../src/services/doctor/checks/names';
import { proxiesCheck } from '../../../../src/services/doctor/checks/proxies';
import { spaceCheck } from '../../../../src/services/doctor/checks/space';
import { versionsCheck } from '../../../../src/services/doctor/checks/versions';
import { examineInstallation } from '../../../../src/services/doctor/examine-installation';
import type { Installation } from '../../../../src/services/doctor/installation';
import { storageUsage } from '../../../support/storage-usage';

const database: DatabaseCondition = {
  kind: 'read',
  file: '/data/server.db',
  schema: 3,
  oldest: 3,
  damage: [],
  bundles: [{ name: 'a.raucb', sha256: 'aa', sizeBytes: 3 * 2 ** 30 }],
  lastEventAt: null,
  askedNames: [],
};

const installation: Installation = {
  database: () => Promise.resolve(database),
  listeners: () =>
    Promise.resolve({
      admin: { kind: 'greeted', version: '1.0.0' },
      device: { kind: 'greeted', fingerprint: 'ab', chainProblem: null, answer: { status: 200 } },
    }),
  deviceTls: () => Promise.resolve({ ca: '', client: null }),
  serverCertificate: () =>
    Promise.resolve({ path: '/certs/server.crt', fingerprint: 'ab', names: ['updates.example.com'] }),
};

async function run(...checks: readonly Check[]) {
  const { findings, skipped } = await examineInstallation({ checks, silenceLimitMs: 30_000 });
  return {
    found: findings.map(({ severity, check, subject }) => `${severity} ${check} ${subject}`),
    skipped,
  };
}

describe('the check of space', () => {
  const check = (freeBytes: number) =>
    spaceCheck({
      dataDir: '/data',
      data: { measureStorage: () => Promise.resolve(storageUsage(freeBytes)) },
      installation,
    });

  it('warns when there is no room for two bundles as large as the largest', async () => {
    expect((await run(check(6 * 2 ** 30 - 1))).found).toEqual(['warning space /data']);
    expect((await run(check(6 * 2 ** 30))).found).toEqual([]);
  });

  it('fails on a full disk, where the server cannot save anything', async () => {
    expect((await run(check(0))).found).toEqual(['error space /data']);
    expect((await run(check(2 ** 20 - 1))).found).toEqual(['error space /data']);
    expect((await run(check(2 ** 20))).found).toEqual(['warning space /data']);
  });
});

describe('the check of versions', () => {
  const check = (node: string) =>
    versionsCheck({ facts: { program: '1.0.0', node, oldestNode: '20.19', schema: 3 }, installation });

  it.each([
    ['20.18.9', 1],
    ['18.20.0', 1],
    ['20.19.0', 0],
    ['22.1.0', 0],
  ])('of Node.js %s makes %i findings', async (node, count) => {
    expect((await run(check(node))).found).toHaveLength(count);
  });

  it.each([
    [3, []],
    [4, ['error versions /data/server.db']],
  ])('of a newer database that servers of schema %i can work on finds %j', async (oldest, found) => {
    const newer = { ...database, schema: 4, oldest };
    const facts = { program: '1.0.0', node: '22.1.0', oldestNode: '20.19', schema: 3 };
    const check = versionsCheck({
      facts,
      installation: { ...installation, database: () => Promise.resolve(newer) },
    });
    expect((await run(check)).found).toEqual(found);
  });
});

describe('the check of the clock', () => {
  it('finds a clock that was never set', async () => {
    const now = () => new Date('1970-01-01T00:10:00Z');
    expect((await run(clockCheck({ installation, now }))).found).toEqual(['error clock clock']);
  });
});

describe('the check of names', () => {
  it('warns of a SERVER_URL that leads nowhere', async () => {
    const check = (leads: boolean) =>
      namesCheck({
        serverHost: 'updates.example.com',
        installation,
        probes: { resolves: () => Promise.resolve(leads) },
        covers: (names, host) => names.includes(host),
        now: () => new Date(),
      });
    expect((await run(check(false))).found).toEqual(['warning names SERVER_URL']);
    expect((await run(check(true))).found).toEqual([]);
  });

  it.each([
    ['other.example.com', '--name other.example.com'],
    ['10.0.0.7', '--ip 10.0.0.7'],
  ])('says how %s is added to the certificate', async (serverHost, option) => {
    const check = namesCheck({
      serverHost,
      installation: {
        ...installation,
        database: () =>
          Promise.resolve({ ...database, askedNames: [{ name: 'fd00::7', askedAt: new Date() }] }),
      },
      probes: { resolves: () => Promise.resolve(true) },
      covers: (names, host) => names.includes(host),
      now: () => new Date(),
    });
    const { findings } = await examineInstallation({ checks: [check], silenceLimitMs: 30_000 });
    expect(findings.map(({ reason }) => findingRemedy(reason))).toEqual([
      `Add it: cert server ${option} --force.`,
      'Add it: cert server --ip fd00::7 --force.',
    ]);
  });
});

describe('the check of proxies', () => {
  const url = 'https://admin.example.com';
  const check = (proxy: Awaited<ReturnType<ProbeListeners['greetProxy']>>) =>
    proxiesCheck({
      serverEndpoint: null,
      adminProxy: url,
      adminHosts: ['admin.example.com'],
      uploadLimitBytes: 1,
      installation,
      probes: {
        greetDevices: () => Promise.reject(new Error('not asked')),
        greetProxy: () => Promise.resolve(proxy),
      },
    });
  const good: ProxyGreeting = {
    kind: 'greeted',
    version: '1.0.0',
    statusWithoutToken: 401,
    statusOfUpload: 401,
  };

  it.each<[string, Awaited<ReturnType<ProbeListeners['greetProxy']>>, number]>([
    ['asks for a token and takes what the server takes', good, 0],
    ['lets everybody in', { ...good, statusWithoutToken: 200 }, 1],
    ['takes no large bundle', { ...good, statusOfUpload: 413 }, 1],
    ['is not there', { kind: 'silent', code: 'ECONNREFUSED' }, 1],
    ['has no server behind it', { kind: 'stranger', does: 'answers HTTP 502' }, 1],
  ])('of one that %s', async (_, proxy, count) => {
    expect((await run(check(proxy))).found).toHaveLength(count);
  });

  it('says how it is asked for where a proxy is configured', async () => {
    const { skipped } = await run(
      proxiesCheck({
        serverEndpoint: null,
        adminProxy: null,
        adminHosts: ['admin.example.com'],
        uploadLimitBytes: 1,
        installation,
        probes: {
          greetDevices: () => Promise.reject(new Error('not asked')),
          greetProxy: () => Promise.reject(new Error('not asked')),
        },
      }),
    );
    expect(skipped).toHaveLength(1);
  });
});

describe('an examination', () => {
  const quiet: Check = { name: 'modes', run: () => Promise.resolve() };

  it('goes on when a check fails, and tells that', async () => {
    const failing: Check = {
      name: 'space',
      run: () => Promise.reject(new DomainError('unavailable', 'it is gone', { remedy: 'Find it.' })),
    };
    const refused: Check = {
      name: 'modes',
      run: () => Promise.reject(Object.assign(new Error('EACCES: no'), { code: 'EACCES' })),
    };
    expect((await run(failing, refused, quiet)).found).toEqual(['error space space', 'error modes modes']);
    const { findings } = await examineInstallation({ checks: [failing, refused], silenceLimitMs: 30_000 });
    expect(findings.map(({ reason }) => [findingSentence(reason), findingRemedy(reason)])).toEqual([
      ['it is gone', 'Find it.'],
      ['this check failed: EACCES: no', expect.stringContaining('user that runs the server')],
    ]);
  });

  it('is no place to hide a bug', async () => {
    const broken: Check = { name: 'space', run: () => Promise.reject(new TypeError('a bug')) };
    await expect(run(broken)).rejects.toThrow(TypeError);
  });

  it('leaves a check that hangs, and hears no more of it', async () => {
    let finish: () => void = () => undefined;
    const hanging: Check = {
      name: 'space',
      run: async (report) => {
        await new Promise<void>((resolve) => (finish = resolve));
        report.error('late', finding('database-missing'));
      },
    };
    const { findings } = await examineInstallation({ checks: [hanging, quiet], silenceLimitMs: 5 });
    finish();
    await Promise.resolve();
    expect(findings.map(({ check, subject }) => [check, subject])).toEqual([['space', 'space']]);
  });

  it('waits for a check that says how far it is', async () => {
    const progress: number[] = [];
    const busy: Check = {
      name: 'bundles',
      run: (report) => {
        report.progress(1, 2);
        report.progress(2, 2);
        return Promise.resolve();
      },
    };
    const onProgress = ({ doneBytes }: { doneBytes: number }) => progress.push(doneBytes);
    await examineInstallation({ checks: [busy], silenceLimitMs: 30_000, onProgress });
    expect(progress).toEqual([1, 2]);
  });
});
