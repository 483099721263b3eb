import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { startRgw } from '../support/rgw';
import { clientOf, locationOf } from '../support/s3-storage';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';

type Env = Readonly<Record<string, string>>;

describe('archives of a server with PostgreSQL and an object store, and of one with neither', () => {
  let postgres: Postgres;
  let folder: string;
  let bundle: MadeBundle;
  /** Options of both servers. */
  let scaled: Env;
  const embedded: Env = { DATA_DIR: 'data-embedded' };
  /** Archives of the same installation, made by both. */
  const archives = { scaled: '', embedded: '' };
  let server: ServerProcess | undefined;

  beforeAll(async () => {
    const [database, rgw, made] = await Promise.all([
      startPostgres(),
      startRgw(),
      makeBundle({ version: '2.0.0' }),
    ]);
    [postgres, bundle] = [database, made];
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates' }));
    await client.send({ method: 'PUT', key: '' });
    client.close();
    folder = await temporaryFolder();
    scaled = {
      DATABASE_URL: await postgres.create('updates'),
      BUNDLE_STORE: 's3://updates/fleet',
      DATA_DIR: 'data-scaled',
      S3_ENDPOINT: rgw.endpoint,
      AWS_ACCESS_KEY_ID: rgw.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rgw.secretAccessKey,
    };
    for (const [name, env] of Object.entries({ scaled, embedded })) {
      await start(env);
      await succeed(['cert', 'device', `of-${name}`], env);
      await upload(bundle.path);
      await succeed(['device', 'create', `board-of-${name}`, '--server', server?.adminUrl ?? ''], env);
      const made = await succeed(['backup', `kept-${name}`, '--no-certs', '--json'], env);
      archives[name as keyof typeof archives] = (JSON.parse(made) as { file: string }).file;
      await stop();
    }
  }, 240_000);

  const start = async (env: Env) => {
    server = await startServer({ folder, env: { BUNDLE_KEYRING: bundle.keyringPath, ...env } });
  };
  const stop = async () => expect(await server?.stop()).toBe(0);
  const command = (args: readonly string[], env: Env) =>
    run(process.execPath, [entryPoint, ...args], { cwd: folder, env });
  const succeed = async (args: readonly string[], env: Env) => {
    const { code, stdout, stderr } = await command(args, env);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const upload = (file: string) =>
    succeed(['bundle', 'upload', file, '--name', 'v2.raucb', '--server', server?.adminUrl ?? ''], {});
  const downloaded = async () => {
    const own = path.join(folder, 'certs/devices/of-scaled');
    const tls = [
      '--cacert',
      path.join(folder, 'certs/ca.crt'),
      '--cert',
      `${own}.crt`,
      '--key',
      `${own}.key`,
    ];
    const target = path.join(folder, 'downloaded');
    await rm(target, { force: true });
    const address = `${server?.deviceUrl}/bundles/v2.raucb`;
    const { code } = await run('curl', ['-sS', '--fail-with-body', ...tls, '-o', target, address]);
    return code === 0 ? (await readFile(target)).equals(await readFile(bundle.path)) : code;
  };
  const deviceIds = async () => {
    const answer = await fetch(`${server?.adminUrl}/api/devices`);
    const { devices } = (await answer.json()) as { readonly devices: readonly { readonly id: string }[] };
    return devices.map(({ id }) => id);
  };
  const restore = async (archive: string, env: Env) => {
    const { code, stdout, stderr } = await command(['restore', archive, '--json'], env);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return { stderr, restored: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
  };

  it('have the same format, with bundles only where they are files', async () => {
    const names = async (archive: string) =>
      (await mustRun('tar', ['-tf', archive])).stdout.trim().split('\n').sort();
    expect(await names(archives.embedded)).toEqual(
      [...(await names(archives.scaled)), 'bundles/v2.raucb'].sort(),
    );
  });

  it('bring back a server with PostgreSQL and an object store, where the bundles still are', async () => {
    const env = { ...scaled, DATABASE_URL: await postgres.create('again'), DATA_DIR: 'data-again' };
    const { restored } = await restore(archives.scaled, env);
    expect(restored).toMatchObject({ bundles: 1, has_bundles: false, missing_bundles: [] });
    await start(env);
    expect(await deviceIds()).toEqual(['board-of-scaled']);
    expect(await downloaded()).toBe(true);
    await stop();
  });

  it('bring an embedded server, which says which bundles to upload again', async () => {
    const env = { DATA_DIR: 'data-smaller' };
    const { restored } = await restore(archives.scaled, env);
    expect(restored).toMatchObject({ bundles: 1, has_bundles: false, missing_bundles: ['v2.raucb'] });
    await start(env);
    expect(await deviceIds()).toEqual(['board-of-scaled']);
    expect(await downloaded()).not.toBe(true);
    await upload(bundle.path);
    expect(await downloaded()).toBe(true);
    await stop();
  });

  it('bring an embedded installation to PostgreSQL and an object store, and say where its bundles are', async () => {
    const env = {
      ...scaled,
      DATABASE_URL: await postgres.create('larger'),
      DATA_DIR: 'data-larger',
      BUNDLE_STORE: 's3://updates/larger',
    };
    const { restored, stderr } = await restore(archives.embedded, env);
    expect(restored).toMatchObject({ bundles: 1, has_bundles: true });
    expect(stderr).toContain('the archived bundles are now in data-larger/bundles');
    expect(await readdir(path.join(folder, 'data-larger/bundles'))).toContain('v2.raucb');
    await start(env);
    expect(await deviceIds()).toEqual(['board-of-embedded']);
    expect(await downloaded()).not.toBe(true);
    await upload(path.join(folder, 'data-larger/bundles/v2.raucb'));
    expect(await downloaded()).toBe(true);
    await stop();
  });
});
