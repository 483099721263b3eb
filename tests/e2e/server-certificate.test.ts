import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { eventually } from '../support/eventually';
import { type ProgramResult, run, temporaryFolder } from '../support/programs';
import { type ServerProcess, startServer } from '../support/server-process';

const dayMs = 86_400_000;

interface Site {
  readonly folder: string;
  readonly at: (...names: string[]) => string;
  readonly certificates: ReturnType<typeof openCertificateFolder>;
}

/** A server's folder whose server certificate was made a year ago for some days. */
async function oldSite(days: number): Promise<Site> {
  const folder = await temporaryFolder();
  const at = (...names: string[]) => path.join(folder, 'certs', ...names);
  const aYearAgo = openCertificateFolder(at(), { now: () => new Date(Date.now() - 365 * dayMs) });
  await aYearAgo.createCa({});
  await aYearAgo.createServer({ names: ['localhost', 'updates.example.com'], ips: ['127.0.0.1'], days });
  const certificates = openCertificateFolder(at(), { now: () => new Date() });
  await certificates.createDevice({ id: 'board-1' });
  return { folder, at, certificates };
}

/** What a device's curl says. */
function poll({ at }: Site, { deviceUrl }: ServerProcess, host: string): Promise<ProgramResult> {
  const { port } = new URL(deviceUrl);
  return run('curl', [
    ...['-sS', '--max-time', '60', '--cacert', at('ca.crt')],
    ...['--cert', at('devices', 'board-1.crt'), '--key', at('devices', 'board-1.key')],
    ...['--resolve', `${host}:${port}:127.0.0.1`, `https://${host}:${port}/health`],
  ]);
}

async function attentionKinds({ adminUrl }: ServerProcess): Promise<string[]> {
  const response = await fetch(`${adminUrl}/api/overview`);
  expect(response.status).toBe(200);
  const { attention } = (await response.json()) as { attention: { kind: string }[] };
  return attention.map(({ kind }) => kind);
}

describe('an expired server certificate', () => {
  it('stops neither the start nor the admin listener, and is said where people look', async () => {
    const site = await oldSite(10);
    await rename(site.at('ca.key'), path.join(site.folder, 'ca.key'));
    const server = await startServer({ folder: site.folder });
    expect(await attentionKinds(server)).toContain('server-certificate-expiring');
    expect((await poll(site, server, 'localhost')).code).toBe(60); // curl: the certificate has expired
    expect(server.output.stderr).toContain('cannot renew itself');
    expect(await (await fetch(`${server.adminUrl}/metrics`)).text()).toContain(
      'rauc_server_certificate_renewal_failing 1',
    );

    // With a new one devices come back, without a restart.
    await rename(path.join(site.folder, 'ca.key'), site.at('ca.key'));
    await site.certificates.createServer({ names: [], ips: [], keepsNames: true, force: true });
    await eventually(async () => (await poll(site, server, 'updates.example.com')).code === 0);
    await eventually(async () => !(await attentionKinds(server)).includes('server-certificate-expiring'));
    await server.stop('SIGKILL');
  });

  it('renews itself at the start while ca.key is there, with its names', async () => {
    const site = await oldSite(10);
    const server = await startServer({ folder: site.folder });
    expect((await poll(site, server, 'updates.example.com')).code).toBe(0);
    const events = await (await fetch(`${server.adminUrl}/api/events?kind=certificate.renewed`)).json();
    expect(events).toMatchObject({ events: [{ kind: 'certificate.renewed', actor: 'server' }] });
    expect(await attentionKinds(server)).not.toContain('server-certificate-expiring');
    await server.stop('SIGKILL');
  });

  it('and an expired CA do not keep the admin listener from saying so', async () => {
    const site = await oldSite(10);
    const longAgo = openCertificateFolder(site.at(), { now: () => new Date(Date.now() - 300 * dayMs) });
    await rm(site.at('issued.jsonl'));
    await longAgo.createCa({ days: 20, force: true });
    await longAgo.createServer({ names: ['localhost'], ips: [], force: true });
    await rm(site.at('ca.key'));
    const server = await startServer({ folder: site.folder });
    const kinds = await attentionKinds(server);
    expect(kinds).toEqual(expect.arrayContaining(['ca-certificate-expiring', 'server-certificate-expiring']));
    await server.stop('SIGKILL');
  });
});

describe('a new server certificate', () => {
  it('is not taken over while it misses a name that a device asked for', async () => {
    const site = await oldSite(900);
    const server = await startServer({ folder: site.folder });
    expect((await poll(site, server, 'updates.example.com')).code).toBe(0);
    await site.certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'], force: true });
    await eventually(async () => (await attentionKinds(server)).includes('server-certificate-held-back'));
    expect((await poll(site, server, 'updates.example.com')).code).toBe(0);
    await site.certificates.createServer({
      ...{ names: ['updates.example.com'], ips: [] },
      ...{ keepsNames: true, force: true },
    });
    await eventually(async () => !(await attentionKinds(server)).includes('server-certificate-held-back'));
    expect((await poll(site, server, 'updates.example.com')).code).toBe(0);
    await server.stop('SIGKILL');
  });
});
