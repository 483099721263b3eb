import { connectDevice, protocols } from '../../support/device-client';
import { type DeviceListener, startDeviceListener } from '../../support/device-listener';
import { eventually } from '../../support/eventually';

const manifest = '/api/v1/manifest.json?compatible=a';

describe('a server that does not know any more which certificates are revoked', () => {
  let listener: DeviceListener;
  let knows: boolean;
  beforeAll(async () => {
    knows = true;
    listener = await startDeviceListener({ change: { knowsRevocations: () => knows } });
  });

  it.each(protocols)('tells a device that connects by %s to come again, until it knows', async (protocol) => {
    const files = await listener.device(`new-${protocol.replace('/', '-')}`);
    knows = false;
    const refused = await (await connectDevice(listener.url, files, protocol)).request(manifest);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '10']);
    expect(JSON.parse(refused.body.toString())).toMatchObject({ reason: 'revocations-unknown' });
    knows = true;
    const admitted = await (await connectDevice(listener.url, files, protocol)).request(manifest);
    expect(admitted.status).toBe(200);
  });

  it('counts that, and goes on with devices that are connected, unless one is known to be revoked', async () => {
    const files = await listener.device('board-1');
    const other = await listener.device('board-2');
    const [good, revoked] = [
      await connectDevice(listener.url, files, 'HTTP/2'),
      await connectDevice(listener.url, other, 'HTTP/2'),
    ];
    for (const client of [good, revoked]) expect((await client.request(manifest)).status).toBe(200);
    knows = false;
    listener.revoked.add(listener.serials.get('board-2') ?? '');
    expect((await good.request(manifest)).status).toBe(200);
    expect((await revoked.request(manifest)).status).toBe(403);
    const before = listener.server.counts().refusals.get('revocations-unknown') ?? 0;
    expect((await (await connectDevice(listener.url, files, 'HTTP/2')).request(manifest)).status).toBe(503);
    await eventually(() => listener.server.counts().refusals.get('revocations-unknown') === before + 1);
    knows = true;
  });
});
