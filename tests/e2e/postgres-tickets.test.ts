import path from 'node:path';
import { eventually } from '../support/eventually';
import { startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';

/** Two servers on PostgreSQL with the same certificates, and OpenSSL as a device. */
let folder: string;
let first: ServerProcess;
let second: ServerProcess;

const certs = (name: string) => path.join(folder, 'certs', name);

beforeAll(async () => {
  const postgres = await startPostgres();
  folder = await temporaryFolder();
  first = await startServer({ folder, env: { DATABASE_URL: await postgres.create('first') } });
  second = await startServer({
    folder: await temporaryFolder(),
    env: { DATABASE_URL: await postgres.create('second'), CERTS_DIR: certs('') },
  });
});

/** @param session a file: `-sess_out` to keep the session there, `-sess_in` to resume it */
async function connect(
  server: ServerProcess,
  device: string,
  version: string,
  ...session: readonly ['-sess_out' | '-sess_in', string]
) {
  const { port } = new URL(server.deviceUrl);
  const own = certs(`devices/${device}`);
  const { stdout } = await run(
    'openssl',
    [
      ...[
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        '-servername',
        'localhost',
        '-CAfile',
        certs('ca.crt'),
      ],
      ...['-cert', `${own}.crt`, '-key', `${own}.key`, `-${version}`, '-ign_eof', ...session],
    ],
    { input: 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' },
  );
  return {
    isReused: /^Reused, /m.test(stdout),
    status: /HTTP\/1\.1 (\d+)/.exec(stdout)?.[1],
  };
}

it.each(['tls1_2', 'tls1_3'])(
  'a device resumes its %s session on another server, unless it was revoked',
  async (version) => {
    const device = `board-${version}`;
    const session = path.join(folder, `${device}.session`);
    expect((await cli(folder, 'cert', 'device', device)).code).toBe(0);
    expect(await connect(first, device, version, '-sess_out', session)).toEqual({
      isReused: false,
      status: '200',
    });
    await mustRun('cp', [session, `${session}.kept`]); // a session of TLS 1.3 is used once
    expect(await connect(second, device, version, '-sess_in', session)).toEqual({
      isReused: true,
      status: '200',
    });
    expect((await cli(folder, 'cert', 'revoke', device)).code).toBe(0);
    for (const server of [first, second]) {
      const again = () => connect(server, device, version, '-sess_in', `${session}.kept`);
      await eventually(async () => (await again()).status === '403');
      expect((await again()).isReused).toBe(true);
    }
  },
);
