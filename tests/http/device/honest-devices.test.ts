import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AdmissionRules } from '../../../src/http/device/transport/connections';
import { deviceIdentity } from '../../../src/pki/device-identity';
import { connectDevice } from '../../support/device-client';
import type { ClientFiles } from '../../support/device-listener';
import { fleetAttention } from '../../support/fleet-attention';
import { originalCertificate, originalFolder } from '../../support/original-certificate';
import { mustRun, temporaryFolder } from '../../support/programs';
import { RaucPoller, raucHeaders } from '../../support/rauc-poller';
import { board, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';

/**
 * Devices that did nothing wrong yesterday and must not be refused today, whatever else is refused: whoever adds a refusal
 * runs this file.
 */
describe('an honest device', () => {
  let fleet: ReleasedFleet;
  beforeEach(async () => {
    fleet = await startReleasedFleet();
  });
  afterEach(() => fleet.close());

  const hashOf = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');

  async function curl(files: ClientFiles, ...args: string[]): Promise<string> {
    const { cert, key, ca } = files;
    const tls = ['--cacert', ca, '--cert', cert, '--key', key];
    return (await mustRun('curl', ['-sS', '--fail', ...tls, ...args])).stdout;
  }

  /** Asks for the manifest and downloads what it names. @returns the hash of the download */
  async function downloadByCurl(files: ClientFiles): Promise<string> {
    const answer = await curl(
      files,
      '-H',
      `X-RAUC-Compatible: ${board}`,
      `${fleet.url}/api/v1/manifest.json`,
    );
    const manifest = JSON.parse(answer) as { bundle_url: string; sha256: string };
    const file = path.join(await temporaryFolder(), 'bundle.raucb');
    await curl(files, '-o', file, manifest.bundle_url);
    expect(await hashOf(file)).toBe(manifest.sha256);
    return manifest.sha256;
  }

  const released = () => fleet.services.listBundles.list()[0]?.bundle.sha256;
  const attention = () => fleetAttention(fleet, fleet.now);

  it("with an X.509 v1 certificate of the original's script gets its bundle by curl and by RAUC's poller", async () => {
    await fleet.close();
    fleet = await startReleasedFleet({ certsDir: await originalFolder() });
    const files = await originalCertificate(fleet.certsDir, 'old-1');
    const { stdout } = await mustRun('openssl', ['x509', '-noout', '-text', '-in', files.cert]);
    expect(stdout).toContain('Version: 1 (0x0)');
    expect(await downloadByCurl(files)).toBe(released());
    const client = await connectDevice(fleet.url, files, 'HTTP/2');
    const rauc = new RaucPoller(client, { headers: raucHeaders(board, '1.0.0', 'b-1') });
    expect((await rauc.install('t-1')).statuses).toEqual([307, 206]);
  });

  it('that uses curl alone gets its bundle as often as it likes, and reports when it likes', async () => {
    const files = await fleet.device('curl-1');
    for (let time = 0; time < 5; time += 1) {
      expect(await downloadByCurl(files)).toBe(released());
      fleet.wait(3600);
    }
    const report = (body: object) =>
      curl(
        files,
        '-H',
        'Content-Type: application/json',
        '-d',
        JSON.stringify(body),
        `${fleet.url}/api/v1/status`,
      );
    await report({ state: 'installed', version: '1.0.0', boot_id: 'b-1' });
    await report({ state: 'good', version: '2.0.0', boot_id: 'b-2' });
    expect((await fleet.latest('curl-1'))?.state).toBe('proven');
    expect(await attention()).toEqual([]);
  });

  it('that ran curl without a word about itself gets the next release too', async () => {
    const files = await fleet.device('curl-2');
    await downloadByCurl(files);
    const { sha256 } = await fleet.release('3.0.0', { seed: 'three' });
    fleet.wait(86_400);
    expect(await downloadByCurl(files)).toBe(sha256);
  });

  /** Installs release after release, with a boot after each and one more between them. */
  async function update(id: string, headersOf: (boot: number) => Record<string, string>): Promise<void> {
    let version = '1.0.0';
    let boot = 1;
    const headers = () => ({ ...raucHeaders(board, version, `${id}-boot-${boot}`), ...headersOf(boot) });
    const { rauc } = await fleet.connect(id, 'HTTP/2', headers());
    const reboot = () => {
      boot += 1;
      rauc.restart(headers());
      fleet.wait(300);
    };
    for (const next of ['2.0.0', '3.0.0', '4.0.0']) {
      if (next !== '2.0.0') await fleet.release(next, { seed: next });
      reboot();
      expect((await rauc.poll()).statuses).toEqual([307, 206]);
      await rauc.install(`${id}-${next}`);
      version = next;
      reboot();
      expect((await rauc.poll()).reason).toBe('up-to-date');
      expect(await fleet.latest(id)).toMatchObject({ targetVersion: next, state: 'proven' });
      fleet.wait(3600);
    }
    expect(await attention()).toEqual([]);
  }

  const machineId = (text: string | number) =>
    createHash('sha256').update(String(text)).digest('hex').slice(0, 32);

  it.each<[string, (boot: number) => Record<string, string>]>([
    ['keeps its machine-id', () => ({ 'RAUC-Machine-ID': machineId('one'), 'RAUC-Serial': 'SN1' })],
    ['has another machine-id after each boot', (boot) => ({ 'RAUC-Machine-ID': machineId(boot) })],
    [
      'has another machine-id after each boot, and tells its serial',
      (boot) => ({ 'RAUC-Machine-ID': machineId(boot), 'RAUC-Serial': 'SN1' }),
    ],
    [
      'has a machine-id for each slot',
      (boot) => ({ 'RAUC-Machine-ID': machineId(boot % 4 < 2 ? 'A' : 'B'), 'RAUC-Serial': 'SN1' }),
    ],
    ['has a variant', () => ({ 'RAUC-Variant': 'with-display' })],
    ['has a variant that its firmware renames', (boot) => ({ 'RAUC-Variant': boot < 4 ? 'rev-a' : 'a' })],
  ])('that %s is updated three times, and nobody is troubled', async (_, headersOf) => {
    await update('dev-1', headersOf);
  });
});

describe('a server that refuses a second board with the same certificate', () => {
  it('answers it 403 with a problem that says why, and the first one with its bundle', async () => {
    const fleet = await startReleasedFleet({ fleetRules: { secondBoards: 'refuse' } });
    const first = raucHeaders(board, '1.0.0', 'boot-a');
    const second = raucHeaders(board, '1.0.0', 'boot-b');
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    const ask = (headers: Record<string, string>) => client.request('/api/v1/update.raucb', headers);
    for (const headers of [first, second, first]) expect((await ask(headers)).status).toBe(307);
    const refused = await ask(second);
    expect(refused.status).toBe(403);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'forbidden' });
    expect(refused.body.toString()).toContain('certificate');
    expect((await ask(first)).status).toBe(307);
    await fleet.close();
  });
});

describe('a thousand devices behind one address', () => {
  const count = 1_000;
  const atOnce = 20;

  it('get their bundle, and nobody is troubled', async () => {
    let connections = 0;
    // As many certificates would take longer to make than all of this: each connection is another device.
    const identify: AdmissionRules['identify'] = ({ x509 }) => {
      const found = deviceIdentity(x509);
      connections += 1;
      const id = `dev-${connections}`;
      if (!found.ok) return found;
      const identity = { ...found.identity, id, certificateSerial: id };
      return { ok: true, identity, expiresAtMs: Infinity };
    };
    const fleet = await startReleasedFleet({ change: { identify } });
    const files = await fleet.device('any');
    let left = count;
    const statuses: number[] = [];
    const work = async () => {
      while (left > 0) {
        left -= 1;
        const client = await connectDevice(fleet.url, files, 'HTTP/1.1');
        const headers = raucHeaders(board, '1.0.0', `boot-${left}`);
        statuses.push((await client.request('/api/v1/update.raucb', headers)).status);
        client.close();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    expect(statuses.filter((status) => status === 307)).toHaveLength(count);
    expect((await fleet.services.listFleet.attention()).devices).toBe(count);
    expect(await fleetAttention(fleet, fleet.now)).toEqual([]);
    await fleet.close();
  }); // both ends of a thousand handshakes run in this process
});
