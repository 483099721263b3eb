import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigProblem } from '../../../src/config/problem';
import { deviceBaseUrl, loadConfig, type Config } from '../../../src/config/config';
import { DomainError } from '../../../src/core/errors';
import { temporaryFolder } from '../../support/programs';

interface Given {
  readonly flags?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly dotenv?: string;
}

async function load(given: Given = {}): Promise<Config> {
  const folder = await temporaryFolder();
  const dotenvPath = path.join(folder, '.env');
  if (given.dotenv !== undefined) await writeFile(dotenvPath, given.dotenv);
  return loadConfig({ flags: given.flags ?? {}, env: given.env ?? {}, dotenvPath, cwd: '/srv/rauc' });
}

async function problems(given: Given): Promise<readonly ConfigProblem[]> {
  const error: unknown = await load(given).catch((e: unknown) => e);
  if (!(error instanceof DomainError)) throw new Error('no domain error');
  expect(error.code).toBe('configuration');
  return error.details?.['problems'] as readonly ConfigProblem[];
}

const bad = async (env: Record<string, string>) => (await problems({ env })).map((p) => p.option);

describe('defaults', () => {
  it('give a server on this machine, bound to loopback for administrators', async () => {
    expect(await load()).toMatchObject({
      serverUrl: null,
      compatible: null,
      dataDir: '/srv/rauc/data',
      certsDir: '/srv/rauc/certs',
      deviceHost: '::',
      devicePort: 8443,
      adminHost: '127.0.0.1',
      adminPort: 8080,
      adminHosts: [],
      bundleKeyring: null,
      bundlePurpose: 'smimesign',
      bundlePartialChain: false,
      bundleCheckCrl: false,
      bundleTimeSource: 'clock',
      bundleSignerCns: [],
      allowUntrusted: false,
      uploadLimit: 16 * 2 ** 30,
      bundleCache: 64 * 2 ** 20,
      shutdownGrace: 30_000,
      logLevel: 'info',
      server: 'http://127.0.0.1:8080',
      token: null,
      tokenFile: null,
    });
    expect(new Set(Object.values((await load()).sources))).toEqual(new Set(['default']));
  });

  it('name this machine to devices when no URL is configured', async () => {
    expect(deviceBaseUrl(await load(), 9443)).toBe('https://localhost:9443');
    const configured = await load({ env: { SERVER_URL: 'https://ota.example.com' } });
    expect(deviceBaseUrl(configured, 9443)).toBe('https://ota.example.com');
  });
});

describe('precedence', () => {
  const dotenv = 'DEVICE_PORT=1001\nADMIN_PORT=1002\nCOMPATIBLE="acme gw"\n';

  it('takes flags over the environment, that over .env, that over defaults', async () => {
    const config = await load({
      flags: { devicePort: '3001' },
      env: { DEVICE_PORT: '2001', ADMIN_PORT: '2002' },
      dotenv,
    });
    expect(config).toMatchObject({
      devicePort: 3001,
      adminPort: 2002,
      compatible: 'acme gw',
      logLevel: 'info',
    });
    expect(config.sources).toMatchObject({
      devicePort: 'flag',
      adminPort: 'env',
      compatible: '.env',
      logLevel: 'default',
    });
  });

  it('takes an empty variable for unset', async () => {
    const config = await load({ env: { DEVICE_PORT: '', SERVER_URL: '' }, dotenv });
    expect(config).toMatchObject({ devicePort: 1001, serverUrl: null });
  });

  it('does not look at variables that are none of its own', async () => {
    expect((await load({ env: { PATH: '/bin', PORT: 'x' }, dotenv: 'OTHER=1' })).devicePort).toBe(8443);
  });
});

describe('values', () => {
  it.each([
    ['SERVER_URL', 'https://updates.example.com:8443', 'serverUrl', 'https://updates.example.com:8443'],
    ['SERVER_URL', 'https://Updates.Example.com/', 'serverUrl', 'https://updates.example.com'],
    ['SERVER_URL', 'https://[2001:db8::1]:8443', 'serverUrl', 'https://[2001:db8::1]:8443'],
    ['RAUC_SERVER', 'https://ota.lan/rauc/', 'server', 'https://ota.lan/rauc'],
    ['DEVICE_PORT', '0', 'devicePort', 0],
    ['DEVICE_HOST', '2001:db8::1', 'deviceHost', '2001:db8::1'],
    ['ADMIN_HOSTS', 'Updates.lan, ota.example.com,', 'adminHosts', ['updates.lan', 'ota.example.com']],
    ['ADMIN_HOSTS', 'ota.lan:8080,[::1]:8080', 'adminHosts', ['ota.lan:8080', '[::1]:8080']],
    ['BUNDLE_SIGNER_CNS', 'Doe, John;Release 2', 'bundleSignerCns', ['Doe, John', 'Release 2']],
    ['ALLOW_UNTRUSTED', 'Yes', 'allowUntrusted', true],
    ['ALLOW_UNTRUSTED', '0', 'allowUntrusted', false],
    ['UPLOAD_LIMIT', '600MB', 'uploadLimit', 600_000_000],
    ['UPLOAD_LIMIT', '1.5 GiB', 'uploadLimit', 1.5 * 2 ** 30],
    ['UPLOAD_LIMIT', '4294967297', 'uploadLimit', 4_294_967_297],
    ['BUNDLE_CACHE', '0', 'bundleCache', 0],
    ['BUNDLE_CACHE', '16MiB', 'bundleCache', 16_777_216],
    ['BUNDLE_STORE', 's3://updates/fleet/', 'bundleStore', { bucket: 'updates', prefix: 'fleet' }],
    ['S3_ENDPOINT', 'http://[::1]:9000/', 's3Endpoint', 'http://[::1]:9000'],
    ['BUNDLE_CACHE_SIZE', '5GB', 'bundleCacheSize', 5e9],
    ['SHUTDOWN_GRACE', '500ms', 'shutdownGrace', 500],
    ['SHUTDOWN_GRACE', '2m', 'shutdownGrace', 120_000],
    ['BUNDLE_KEYRING', 'keys/../keyring.pem', 'bundleKeyring', '/srv/rauc/keyring.pem'],
  ])('reads %s=%s', async (env, text, key, value) => {
    expect(await load({ env: { [env]: text } })).toMatchObject({ [key]: value });
  });

  it.each([
    ['SERVER_URL', 'http://updates.example.com'],
    ['SERVER_URL', 'updates.example.com'],
    ['SERVER_URL', 'https://updates.example.com/path'],
    ['SERVER_URL', 'https://updates.example.com?x'],
    ['SERVER_URL', 'https://user:secret@updates.example.com'],
    ['SERVER_URL', 'https://updates.example.com:0'],
    ['SERVER_URL', 'https://updates.example.com:99999'],
    ['SERVER_URL', 'https:\\\\updates.example.com'],
    ['SERVER_URL', 'https://'],
    ['COMPATIBLE', ' blank'],
    ['COMPATIBLE', 'two\nlines'],
    ['DEVICE_PORT', '65536'],
    ['DEVICE_PORT', '-1'],
    ['DEVICE_PORT', '8443x'],
    ['DEVICE_PORT', '0x10'],
    ['DEVICE_PORT', '1e3'],
    ['DEVICE_HOST', '300.1.2.3'],
    ['DEVICE_HOST', '[::1]'],
    ['DEVICE_HOST', 'localhost:8443'],
    ['ADMIN_HOSTS', 'good.lan,bad/name'],
    ['ADMIN_HOSTS', '*'],
    ['ADMIN_HOSTS', 'ota.lan:99999'],
    ['ADMIN_HOSTS', 'https://ota.lan'],
    ['BUNDLE_PURPOSE', 'tls'],
    ['ALLOW_UNTRUSTED', 'perhaps'],
    ['UPLOAD_LIMIT', '0'],
    ['UPLOAD_LIMIT', '16 bananas'],
    ['UPLOAD_LIMIT', '9999999TiB'],
    ['BUNDLE_CACHE', '2GiB'],
    ['BUNDLE_STORE', '/srv/bundles'],
    ['BUNDLE_STORE', 's3://Updates'],
    ['S3_ENDPOINT', 'https://user:secret@store.lan'],
    ['S3_ENDPOINT', 'store.lan:9000'],
    ['S3_REGION', 'eu central'],
    ['BUNDLE_CACHE_SIZE', '0'],
    ['SHUTDOWN_GRACE', '30'],
    ['SHUTDOWN_GRACE', '25h'],
    ['SHUTDOWN_GRACE', '-1s'],
    ['LOG_LEVEL', 'verbose'],
    ['RAUC_SERVER', 'ftp://x'],
    ['ADMIN_TOKEN', 'with blank'],
  ])('refuses %s=%s and names it', async (env, text) => {
    expect(await bad({ [env]: text })).toEqual([env]);
  });
});

describe('problems', () => {
  it('are half of the credentials for an object store, and secrets that other users can see', async () => {
    const env = { BUNDLE_STORE: 's3://updates', AWS_SECRET_ACCESS_KEY: 'secret' };
    expect(await bad(env)).toEqual(['AWS_SECRET_ACCESS_KEY']);
    expect(await load({ env: { AWS_SECRET_ACCESS_KEY: 'secret' } })).toMatchObject({ bundleStore: null });
    const found = await problems({
      flags: { awsSecretAccessKey: 'typed', awsSessionToken: 'typed' },
      env: {},
    });
    expect(found.map(({ option }) => option)).toEqual(['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
  });

  it('are reported all at once, with where each value came from', async () => {
    const found = await problems({
      flags: { uploadLimit: 'much' },
      env: { DEVICE_PORT: 'x', LOG_LEVEL: 'loud' },
      dotenv: 'SERVER_URL=nowhere\n',
    });
    expect(found.map((p) => [p.option, p.source])).toEqual([
      ['SERVER_URL', '.env'],
      ['DEVICE_PORT', 'env'],
      ['UPLOAD_LIMIT', 'flag'],
      ['LOG_LEVEL', 'env'],
    ]);
  });

  it('never show a secret', async () => {
    const error: unknown = await load({ env: { ADMIN_TOKEN: 'my secret' } }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DomainError);
    expect(JSON.stringify([(error as DomainError).message, (error as DomainError).details])).not.toContain(
      'my secret',
    );
  });

  it('include a flag that a script left empty', async () => {
    expect(await problems({ flags: { dataDir: '' } })).toMatchObject([
      { option: 'DATA_DIR', source: 'flag' },
    ]);
  });

  it('include one port for both listeners, unless their addresses differ', async () => {
    expect(await bad({ ADMIN_PORT: '8443' })).toEqual(['ADMIN_PORT']);
    expect(await load({ env: { ADMIN_PORT: '0', DEVICE_PORT: '0' } })).toMatchObject({ adminPort: 0 });
    const apart = { ADMIN_PORT: '8443', ADMIN_HOST: '127.0.0.1', DEVICE_HOST: '192.0.2.1' };
    expect(await load({ env: apart })).toMatchObject({ adminPort: 8443, devicePort: 8443 });
  });

  it('include several processes without a database or an object store that they can share', async () => {
    const found = async (env: Record<string, string>) =>
      (await problems({ env: { PROCESSES: '2', ...env } })).map(({ option, message }) => [
        option,
        /set ([A-Z_]+)/.exec(message)?.[1],
      ]);
    const [database, store] = [{ DATABASE_URL: 'postgres://db/updates' }, { BUNDLE_STORE: 's3://updates' }];
    expect(await found(store)).toEqual([['PROCESSES', 'DATABASE_URL']]);
    expect(await found(database)).toEqual([['PROCESSES', 'BUNDLE_STORE']]);
    expect(await load({ env: { PROCESSES: '2', ...database, ...store } })).toMatchObject({ processes: 2 });
    expect(await load({ env: { PROCESSES: '1' } })).toMatchObject({ processes: 1 });
  });

  it('include a token beside a token file, unless one is nearer', async () => {
    expect(await bad({ ADMIN_TOKEN: 'a', ADMIN_TOKEN_FILE: 'b' })).toEqual(['ADMIN_TOKEN']);
    expect(await load({ flags: { tokenFile: 'b' }, env: { ADMIN_TOKEN: 'a' } })).toMatchObject({
      token: 'a',
    });
  });

  it('include a .env that is there and cannot be read', () => {
    // A folder in its place: not even root can read that.
    const error = caught(() => loadConfig({ env: {}, dotenvPath: '/', cwd: '/' }));
    expect(error).toMatchObject({ code: 'configuration', details: { problems: [{ option: '/' }] } });
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe("the listener for hawkBit's clients", () => {
  it('is off by default, and speaks HTTPS', async () => {
    expect(await load()).toMatchObject({ hawkbitPort: null, hawkbitScheme: 'https', hawkbitAuthorities: [] });
    expect(await load({ env: { HAWKBIT_PORT: '8081' } })).toMatchObject({
      hawkbitPort: 8081,
      hawkbitHost: '::',
    });
  });

  it('speaks plain HTTP on loopback alone', async () => {
    const plain = { HAWKBIT_PORT: '8081', HAWKBIT_SCHEME: 'http' };
    for (const HAWKBIT_HOST of ['127.0.0.1', '::1', 'localhost'])
      expect(await load({ env: { ...plain, HAWKBIT_HOST } })).toMatchObject({ hawkbitScheme: 'http' });
    for (const HAWKBIT_HOST of ['::', '0.0.0.0', '192.0.2.1', 'ota.example.com'])
      expect(await bad({ ...plain, HAWKBIT_HOST })).toEqual(['HAWKBIT_SCHEME']);
    expect((await problems({ env: plain }))[0]?.message).toContain('set HAWKBIT_HOST to 127.0.0.1');
    expect(await load({ env: { HAWKBIT_SCHEME: 'http' } })).toMatchObject({ hawkbitPort: null });
  });

  it('has a port of its own', async () => {
    for (const HAWKBIT_PORT of ['8080', '8443'])
      expect(await bad({ HAWKBIT_PORT })).toEqual(['HAWKBIT_PORT']);
  });
});
