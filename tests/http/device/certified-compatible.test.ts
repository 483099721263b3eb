import type { Device } from '../../../src/core/device';
import { connectDevice, type DeviceClient } from '../../support/device-client';
import { raucHeaders } from '../../support/rauc-poller';
import { type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';

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
  const kept = (id: string): Partial<Device> => fleet.seen(id);
  const certificateRule = (id: string) =>
    fleet.services.explainOffer.explain(id).polling.chain.find(({ rule }) => rule === 'certificate');

  it('by a header is what the certificate says, and gets what is for that', async () => {
    const client = await connect('header', ['test-board']);
    expect((await poll(client, 'other-board')).status).toBe(307);
    expect(kept('header')).toMatchObject({
      facts: { compatible: 'test-board' },
      claimedCompatible: 'other-board',
    });
    expect(certificateRule('header')).toMatchObject({ passed: true });
  });

  it('by what it asks for is refused, and is what the certificate says', async () => {
    const client = await connect('path', ['test-board']);
    expect((await client.request('/api/v1/manifest/other-board.json')).status).toBe(403);
    expect(kept('path')).toMatchObject({
      facts: { compatible: 'test-board' },
      claimedCompatible: 'other-board',
    });
  });

  it('by a report is what the certificate says', async () => {
    const client = await connect('report', ['test-board']);
    const body = JSON.stringify({ state: 'good', compatible: 'other-board' });
    expect((await client.request('/api/v1/status', {}, 'POST', body)).status).toBe(200);
    expect(kept('report')).toMatchObject({
      facts: { compatible: 'test-board' },
      claimedCompatible: 'other-board',
    });
  });

  it('chooses among several that the certificate names, and among no others', async () => {
    const client = await connect('several', ['test-board', 'third-board']);
    await poll(client, 'other-board');
    expect(kept('several')).toMatchObject({ facts: { compatible: null }, claimedCompatible: 'other-board' });
    await poll(client, 'third-board');
    expect(kept('several')).toMatchObject({ facts: { compatible: 'third-board' }, claimedCompatible: null });
    await poll(client, 'other-board');
    expect(kept('several')).toMatchObject({ facts: { compatible: 'third-board' } });
  });

  it('is listed as what the certificate says, and counted for people', async () => {
    const page = { sort: 'id', isDescending: false, limit: 10 } as const;
    const { listFleet } = fleet.services;
    expect(await listFleet.list({ ...page, compatible: 'other-board' })).toMatchObject({ total: 0 });
    expect(await listFleet.list({ ...page, compatible: 'test-board' })).toMatchObject({ total: 3 });
    expect(fleet.store.counts.otherClaims()).toEqual({ devices: 4, ids: ['header', 'path', 'report'] });
  });

  it('is no matter of attention when the certificate is bound to nothing', async () => {
    const { rauc } = await fleet.connect('free', 'HTTP/2', raucHeaders('other-board', '1.0.0', 'boot-1'));
    await rauc.poll();
    expect(kept('free')).toMatchObject({ facts: { compatible: 'other-board' }, claimedCompatible: null });
  });
});
