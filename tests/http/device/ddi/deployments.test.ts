import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HawkbitClient, jsonOf, type Deployment } from '../../../support/hawkbit-client';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../../support/released-fleet';
import { runSql } from '../../../support/test-database';

const id = 'dev-1';

const protocol = 'HTTP/2'; // as libcurl speaks it

describe("hawkBit's clients", () => {
  let fleet: ReleasedFleet;
  let device: HawkbitClient;

  beforeEach(async () => {
    fleet = await startReleasedFleet();
    device = new HawkbitClient((await fleet.connect(id, protocol)).client, id);
  });
  afterEach(() => fleet.close());

  const latest = async () => await fleet.latest(id);
  const state = async () => (await latest())?.state;

  it('poll, and get a deployment of one chunk with one artifact', async () => {
    const answer = await device.request(device.base);
    expect(answer.headers['content-type']).toBe('application/json');
    const poll = await device.poll();
    const action = String((await latest())?.id);
    const url = `${fleet.url}${device.base}`;
    expect(poll).toEqual({
      config: { polling: { sleep: '00:05:00' } },
      _links: {
        deploymentBase: { href: `${url}/deploymentBase/${action}` },
        configData: { href: `${url}/configData` },
      },
    });
    const bytes = await readFile(path.join(fleet.dataDir, 'bundles', 'v2.0.0.raucb'));
    const hash = (kind: string) => createHash(kind).update(bytes).digest('hex');
    const artifact = {
      filename: 'v2.0.0.raucb',
      size: bytes.length,
      hashes: { sha1: hash('sha1'), md5: hash('md5'), sha256: hash('sha256') },
      _links: { download: { href: `${url}/softwaremodules/${action}/artifacts/v2.0.0.raucb` } },
    };
    expect(await device.deployment()).toEqual({
      id: action,
      deployment: {
        download: 'forced',
        update: 'forced',
        chunks: [{ part: 'os', version: '2.0.0', name: board, artifacts: [artifact] }],
      },
    });
    const downloaded = await device.request(artifact._links.download.href);
    expect(downloaded.body.equals(bytes)).toBe(true);
    // The link leads to this server, which sends the bytes itself.
    expect([downloaded.status, downloaded.headers['location']]).toEqual([200, undefined]);
    expect(await latest()).toMatchObject({ state: 'downloading' });
  });

  it('are answered with 200 and an object, whatever there is for them, and never with an empty body', async () => {
    const { manageDevices, activateRelease } = fleet.services;
    const linksWhile = async (change: () => Promise<unknown>) => {
      await change();
      const { status, headers, body } = await device.request(device.base);
      expect([status, headers['location'], headers['content-type']]).toEqual([
        200,
        undefined,
        'application/json',
      ]);
      return Object.keys((JSON.parse(body.toString()) as { _links: object })._links);
    };
    await device.configData({ product: 'box' });
    expect(await linksWhile(() => manageDevices.hold(id, 'on the bench', person))).toEqual([]);
    expect(await linksWhile(() => manageDevices.liftHold(id, person))).toEqual(['deploymentBase']);
    expect(await linksWhile(() => manageDevices.cancel(id, person))).toEqual([]);
    expect(await linksWhile(() => activateRelease.deactivate({ compatible: board, actor: 'local' }))).toEqual(
      [],
    );
  });

  it('install, say so, and are proven by the boot that they tell of', async () => {
    await device.configData({ 'boot-id': 'boot-1', system_version: '1.0.0', serial: '4711' });
    const { action } = await device.links();
    await device.deployment();
    expect(await device.feedback(action, 'proceeding', 'none', ['Download complete. 1.00 MB/s'])).toBe(200);
    await device.feedback(action, 'proceeding', 'none', [' 42% Copying image to rootfs.1']);
    expect(await latest()).toMatchObject({ state: 'downloading', progressPercent: 42 });
    expect(await device.feedback(action, 'closed', 'success', ['Software bundle installed.'])).toBe(200);
    expect(await latest()).toMatchObject({ state: 'installed', message: 'Software bundle installed.' });
    expect((await device.links()).kinds).toEqual(['installedBase', 'configData']);
    const installed = jsonOf(await device.request(`${device.base}/installedBase/${action}`)) as Deployment;
    expect(installed.id).toBe(action);
    fleet.wait(60);
    await device.configData({ 'boot-id': 'boot-2', system_version: '2.0.0' });
    expect(await state()).toBe('proven');
    expect((await device.links()).kinds).toEqual(['installedBase']);
    const log = await fleet.services.manageDevices.log(Number(action));
    expect(log.log.split('\n')[1]).toMatch(/^\S+ proceeding\/none: 42% Copying image to rootfs\.1$/);
  });

  it('that tell nothing of what runs install a bundle once, until another one is released', async () => {
    const { action } = await device.links();
    await device.feedback(action, 'closed', 'success');
    for (const seconds of [5, 3_600, 20 * 86_400, 86_400]) {
      fleet.wait(seconds);
      expect((await device.poll())._links.deploymentBase).toBeUndefined();
    }
    const { activateRelease } = fleet.services;
    await activateRelease.deactivate({ compatible: board, actor: 'local' });
    await activateRelease.activate({ name: 'v2.0.0.raucb', compatible: board, actor: 'local' });
    expect((await device.poll())._links.deploymentBase).toBeUndefined();
    expect((await latest())?.id).toBe(Number(action));
    await fleet.release('3.0.0');
    const { deployment } = await device.deployment();
    expect(deployment.chunks[0]?.version).toBe('3.0.0');
  });

  it('that have just installed get the next release without a reboot that nobody could see', async () => {
    const { action } = await device.links();
    await device.feedback(action, 'closed', 'success');
    await fleet.release('3.0.0');
    expect((await device.deployment()).deployment.chunks[0]?.version).toBe('3.0.0');
  });

  it('get no second go at what failed, and people read why', async () => {
    const { action } = await device.links();
    await device.feedback(action, 'proceeding', 'none', ['LastError: signature verification failed']);
    await device.feedback(action, 'proceeding', 'none', ['idle']);
    expect(await device.feedback(action, 'closed', 'failure', ['Failed to install software bundle.'])).toBe(
      200,
    );
    expect(await latest()).toMatchObject({
      state: 'failed',
      message: 'Failed to install software bundle.; LastError: signature verification failed',
    });
    expect((await device.links()).kinds).toEqual(['configData']);
    expect((await device.request(`${device.base}/deploymentBase/${action}`)).status).toBe(410);
  });

  it('are asked for their attributes once an hour, and when they have installed something', async () => {
    const wants = async () => (await device.poll())._links.configData !== undefined;
    expect(await wants()).toBe(true);
    expect(await device.configData({ product: 'box' })).toBe(200);
    expect(await wants()).toBe(false);
    fleet.wait(3_600);
    expect(await wants()).toBe(true);
    await device.configData({ product: 'box' });
    const { action } = await device.links();
    await device.feedback(action, 'closed', 'success');
    expect(await wants()).toBe(true);
    await device.configData({ product: 'box' });
    expect(await wants()).toBe(false);
  });

  it('learn nothing of actions that are not theirs, unknown, or cancelled', async () => {
    const other = new HawkbitClient((await fleet.connect('dev-2', protocol)).client, 'dev-2');
    const { action: foreign } = await other.links();
    await device.poll();
    for (const action of [foreign, '0', '1e3', '2147483648', '-1', 'x', String(Number(foreign) + 100)]) {
      expect((await device.request(`${device.base}/deploymentBase/${action}`)).status).toBe(404);
      expect(await device.feedback(action, 'closed', 'success')).toBe(404);
      expect((await device.request(`${device.base}/cancelAction/${action}`)).status).toBe(404);
      expect((await device.request(`${device.base}/installedBase/${action}`)).status).toBe(404);
    }
    expect((await fleet.latest('dev-2'))?.state).toBe('offered');
    const artifact = `/softwaremodules/${foreign}/artifacts/v2.0.0.raucb`;
    expect((await device.request(`${device.base}${artifact}`)).status).toBe(404);
    expect((await other.request(`${other.base}${artifact}`)).status).toBe(200);
  });

  it('are whom their certificate names, whatever address or header says', async () => {
    const headers = { 'X-Controller-Id': 'dev-2', Authorization: 'TargetToken secret' };
    const elsewhere = device.base.replace(id, 'dev-2');
    for (const [method, at] of [
      ['GET', ''],
      ['PUT', '/configData'],
      ['GET', '/deploymentBase/1'],
      ['POST', '/deploymentBase/1/feedback'],
      ['GET', '/cancelAction/1'],
      ['POST', '/cancelAction/1/feedback'],
      ['GET', '/softwaremodules/1/artifacts/v2.0.0.raucb'],
    ] as const)
      expect((await device.request(`${elsewhere}${at}`, method, undefined, headers)).status).toBe(401);
    expect((await device.request(device.base, 'GET', undefined, headers)).status).toBe(200);
    await expect(fleet.services.manageDevices.get('dev-2')).rejects.toThrow();
  });

  it('may call the tenant as they like, and put a slash at the end', async () => {
    const { client } = device;
    for (const tenant of ['DEFAULT', 'default', 'my%20fleet']) {
      const named = new HawkbitClient(client, id, tenant);
      expect((await named.request(`${named.base}/`)).status).toBe(200);
      const { _links: links } = await named.poll();
      expect(links.deploymentBase?.href).toContain(`/${tenant}/controller/v1/${id}/deploymentBase/`);
      expect((await named.deployment()).deployment.chunks).toHaveLength(1);
    }
    const encoded = `/DEFAULT/controller/v1/${id.replace('-', '%2D')}`;
    expect((await device.request(encoded)).status).toBe(200);
    expect((await device.request(`/DEFAULT/controller/v1/dev%2F1`)).status).toBe(401);
  });

  it('read ranges of the artifact, as any client does', async () => {
    const { deployment } = await device.deployment();
    const [artifact] = deployment.chunks[0]?.artifacts ?? [];
    const { size = 0, _links: links = {} } = artifact ?? {};
    const href = links['download']?.href ?? '';
    const whole = (await device.request(href)).body;
    const range = async (text: string, more: Record<string, string> = {}, method = 'GET') => {
      const { status, headers, body } = await device.request(href, method, undefined, {
        Range: text,
        ...more,
      });
      return [
        status,
        headers['content-range'],
        method === 'HEAD' ? body.length : body.equals(whole),
      ] as const;
    };
    expect(await range(`bytes=0-${size + 10}`)).toEqual([206, `bytes 0-${size - 1}/${size}`, true]);
    expect((await range(`bytes=${size}-`)).slice(0, 2)).toEqual([416, `bytes */${size}`]);
    expect((await range('bytes=5-9')).slice(0, 2)).toEqual([206, `bytes 5-9/${size}`]);
    expect((await range('bytes=5-9', { 'If-Range': '"other"' })).slice(0, 2)).toEqual([200, undefined]);
    const rest = await device.request(href, 'GET', undefined, { Range: 'bytes=1000-' });
    expect(rest.body.equals(whole.subarray(1000))).toBe(true);
    const head = await device.request(href, 'HEAD');
    expect([head.status, Number(head.headers['content-length']), head.body.length]).toEqual([200, size, 0]);
    expect(head.headers['accept-ranges']).toBe('bytes');
  });

  it('are not offered a bundle from before an upgrade until its SHA-1 is known', async () => {
    const { dataDir, certsDir } = fleet;
    await fleet.close();
    await runSql(dataDir, 'UPDATE bundles SET sha1 = NULL, md5 = NULL');
    fleet = await startReleasedFleet({ dataDir, certsDir, released: null });
    device = new HawkbitClient((await fleet.connect(id, protocol)).client, id);
    expect((await device.links()).kinds).toEqual(['configData']);
    await fleet.services.hashStoredBundles.run();
    const { deployment } = await device.deployment();
    const bytes = await readFile(path.join(dataDir, 'bundles', 'v2.0.0.raucb'));
    expect(deployment.chunks[0]?.artifacts[0]?.hashes).toMatchObject({
      sha1: createHash('sha1').update(bytes).digest('hex'),
      md5: createHash('md5').update(bytes).digest('hex'),
    });
  });

  it('lose the artifact with the action', async () => {
    const { action } = await device.links();
    const artifact = `${device.base}/softwaremodules/${action}/artifacts/v2.0.0.raucb`;
    expect((await device.request(artifact, 'HEAD')).status).toBe(200);
    await fleet.services.manageDevices.cancel(id, person);
    expect((await device.request(artifact, 'HEAD')).status).toBe(404);
    expect((await device.request(`${device.base}/deploymentBase/${action}`)).status).toBe(404);
  });
});
