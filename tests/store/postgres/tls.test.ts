import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { sql } from 'kysely';
import { openDatabase } from '../../../src/store/postgres/database';
import { query } from '../../../src/store/postgres/queries';
import { freePort } from '../../support/loopback-ports';
import { startPostgres } from '../../support/postgres';
import { mustRun, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';

/** A certificate that is its own CA. @param name its only name */
async function selfSigned(folder: string, name: string) {
  const file = path.join(folder, name);
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  const files = ['-keyout', `${file}.key`, '-out', `${file}.crt`, '-addext', `subjectAltName=DNS:${name}`];
  await mustRun('openssl', [...request, ...files]);
  const [certificate, key] = await Promise.all(
    ['crt', 'key'].map((end) => readFile(`${file}.${end}`, 'utf8')),
  );
  return { certificate: certificate ?? '', key: key ?? '', file: `${file}.crt` };
}

it('verifies the certificate of the database and its name, unless it was told not to', async () => {
  const folder = await temporaryFolder();
  const [own, other] = await Promise.all([selfSigned(folder, 'localhost'), selfSigned(folder, 'elsewhere')]);
  const port = await freePort();
  const postgres = await startPostgres({
    tls: { port, certificate: own.certificate, key: own.key },
  });
  await postgres.create('secured');
  const at = (host: string, parameters: string) =>
    `postgres://postgres:s3cret@${host}:${port}/secured?${parameters}`;
  const open = async (url: string) => (await openDatabase(url)).close();

  await open(at('localhost', `sslmode=verify-full&sslrootcert=${own.file}`));
  await open(at('127.0.0.1', 'sslmode=require'));
  for (const refused of [
    at('localhost', `sslmode=verify-full&sslrootcert=${other.file}`),
    at('localhost', 'sslmode=verify-full'), // no public CA knows it
    at('127.0.0.1', `sslmode=verify-full&sslrootcert=${own.file}`), // the certificate has no such name
  ]) {
    const error: unknown = await open(refused).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toEqual(refusal('unavailable'));
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
  }
});

it('gives up a client that has gone silent or takes too long, and its locks with it', async () => {
  const port = await freePort();
  const { certificate, key } = await selfSigned(await temporaryFolder(), 'localhost');
  const postgres = await startPostgres({ tls: { port, certificate, key } });
  await postgres.create('silent');
  const database = await openDatabase(`postgres://postgres:s3cret@127.0.0.1:${port}/silent?sslmode=require`);
  const settings = await database.all(
    sql<{ readonly name: string; readonly setting: string }>`
      SELECT name, setting FROM pg_settings
        WHERE name LIKE 'tcp_keepalives_%' OR name LIKE '%_timeout' AND context = 'user' ORDER BY name`.compile(
      query,
    ),
  );
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toMatchObject({
    tcp_keepalives_count: '3',
    tcp_keepalives_idle: '10',
    tcp_keepalives_interval: '5',
    statement_timeout: '30000',
    lock_timeout: '10000',
    idle_in_transaction_session_timeout: '30000',
  });
  await database.close();
});
