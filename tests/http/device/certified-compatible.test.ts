import { sentenceOf } from '../../../src/core/offer-sentences';
import type { Device } from '../../../src/core/device';
import { makeBundle } from '../../support/bundle-factory';
import { connectDevice, type DeviceClient } from '../../support/device-client';
import { raucHeaders } from '../../support/rauc-poller';
import { person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';
import { explained } from '../../support/device-events';

const pollUrl = '/api/v1/update.raucb';

describe('a device that says to be something else than its certificate', () => {
  let fleet: ReleasedFleet;
  beforeAll(async () => {
    fleet = await startReleasedFleet();
  });

  async function connect(id: string, compatibles: string[]): Promise<DeviceClient> {
    return connectDevice(fleet.url, await fleet.device(id, { compatibles }), 'HTTP/2');
  }
  const poll = (client: DeviceClient, compatible: string) =>
    client.request(pollUrl, raucHeaders(compatible, '1.0.0', 'boot-1'));
  const kept = (id: string): Promise<Partial<Device>> => fleet.seen(id);
  const chainOf = async (id: string) =>
    (await explained(fleet.services, id, 'polling')).chain.map((result) => ({
      rule: result.rule,
      passed: result.passed,
      message: sentenceOf(result),
    }));
  const certificateRule = async (id: string) =>
    (await chainOf(id)).find(({ rule }) => rule === 'certificate');

  it('by a header is what the certificate says, and gets what is for that', async () => {
    const client = await connect('header', ['test-board']);
    expect((await poll(client, 'other-board')).status).toBe(307);
    expect(await kept('header')).toMatchObject({
      facts: { compatible: 'test-board' },
      claimedCompatible: 'other-board',
    });
    expect(await certificateRule('header')).toMatchObject({ passed: true });
  });

  it('by what it asks for is refused, and is what the certificate says', async () => {
    const client = await connect('path', ['test-board']);
    expect((await client.request('/api/v1/manifest/other-board.json')).status).toBe(403);
    expect(await kept('path')).toMatchObject({
      facts: { compatible: 'test-board' },
      claimedCompatible: 'other-board',
    });
  });

  it('by a report is what the certificate says', async () => {
    const client = await connect('report', ['test-board']);
    const body = JSON.stringify({ state: 'good', compatible: 'other-board' });
    expect((await client.request('/api/v1/status', {}, 'POST', body)).status).toBe(200);
    expect(await kept('report')).toMatchObject({
      facts: { compatible: 'test-board' },
      claimedCompatible: 'other-board',
    });
  });

  it('chooses among several that the certificate names, and among no others', async () => {
    const client = await connect('several', ['test-board', 'third-board']);
    await poll(client, 'other-board');
    expect(await kept('several')).toMatchObject({
      facts: { compatible: null },
      claimedCompatible: 'other-board',
    });
    await poll(client, 'third-board');
    expect(await kept('several')).toMatchObject({
      facts: { compatible: 'third-board' },
      claimedCompatible: null,
    });
    await poll(client, 'other-board');
    expect(await kept('several')).toMatchObject({ facts: { compatible: 'third-board' } });
  });

  it('is listed as what the certificate says, and counted for people', async () => {
    const page = { sort: 'id', isDescending: false, limit: 10 } as const;
    const { listFleet } = fleet.services;
    expect(await listFleet.list({ ...page, compatible: 'other-board' })).toMatchObject({ total: 0 });
    expect(await listFleet.list({ ...page, compatible: 'test-board' })).toMatchObject({ total: 3 });
    expect(await fleet.store.counts.otherClaims()).toEqual({
      devices: 4,
      ids: ['header', 'path', 'report', 'several'],
    });
  });

  it('gets what it is pinned to, of its certificate, and nothing that is pinned of what it claims', async () => {
    const { manageDevices } = fleet.services;
    const client = await connect('pinned', ['test-board']);
    await manageDevices.create('pinned', {}, person);
    const [own, other] = await Promise.all(
      ['test-board', 'other-board'].map((compatible) => makeBundle({ compatible, version: '1.5.0' })),
    );
    await fleet.publish(own?.path ?? '', { name: 'own.raucb' });
    await fleet.publish(other?.path ?? '', { name: 'other.raucb' });

    await manageDevices.pin('pinned', 'own.raucb', person);
    const given = await poll(client, 'other-board');
    expect([given.status, given.headers['location']]).toEqual([
      307,
      expect.stringContaining('/own.raucb') as string,
    ]);
    expect((await chainOf('pinned')).filter(({ passed }) => passed === false)).toEqual([]);

    await expect(manageDevices.pin('pinned', 'other.raucb', person)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await poll(client, 'other-board')).headers['location']).toContain('/own.raucb');
    expect(await kept('pinned')).toMatchObject({
      claimedCompatible: 'other-board',
      pin: { bundleName: 'own.raucb' },
    });
  });

  it('is reached by releases of its certificate, and by none of what it claims', async () => {
    const { activateRelease, previewRelease } = fleet.services;
    const client = await connect('released', ['test-board']);
    await poll(client, 'other-board');
    const made = await makeBundle({ compatible: 'other-board', version: '9.0.0' });
    await fleet.publish(made.path, { name: 'claimed.raucb' });
    const { reach } = await previewRelease.preview({ name: 'claimed.raucb', actor: 'local' });
    expect(reach).toMatchObject({ devices: 0 });
    await activateRelease.activate({ name: 'claimed.raucb', actor: 'local' });
    const given = await poll(client, 'other-board');
    expect([given.status, given.headers['location']]).toEqual([
      307,
      expect.stringContaining('/v2.0.0.raucb') as string,
    ]);
    expect((await client.request('/api/v1/manifest.json?compatible=other-board')).status).toBe(403);
    expect((await client.request('/bundles/claimed.raucb')).status).toBe(404);
  });

  it('is no matter of attention when the certificate is bound to nothing', async () => {
    const { rauc } = await fleet.connect('free', 'HTTP/2', raucHeaders('other-board', '1.0.0', 'boot-1'));
    await rauc.poll();
    expect(await kept('free')).toMatchObject({
      facts: { compatible: 'other-board' },
      claimedCompatible: null,
    });
  });
});
