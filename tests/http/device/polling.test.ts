import { protocols } from '../../support/device-client';
import { raucHeaders } from '../../support/rauc-poller';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';
import { explained } from '../../support/device-events';

const pollUrl = '/api/v1/update.raucb';

describe.each(protocols)("RAUC's own polling over %s", (protocol) => {
  let fleet: ReleasedFleet;
  let sha256: string;

  beforeAll(async () => {
    fleet = await startReleasedFleet({ released: null });
    ({ sha256 } = await fleet.release('2.0.0'));
  });

  const asBoard = raucHeaders(board, '1.0.0', 'boot-1');
  const first = { ...asBoard, Range: 'bytes=0-3', 'User-Agent': 'rauc/v1.16' };

  it('leads to the bytes in one hop, on the same host', async () => {
    const { rauc } = await fleet.connect('hop', protocol);
    expect(await rauc.poll()).toMatchObject({
      statuses: [307, 206],
      pinned: `/bundles/${sha256}/v2.0.0.raucb`,
      etag: `"${sha256}"`,
    });
  });

  it('redirects without a validator of its own, without a body, and for this device alone', async () => {
    const { client } = await fleet.connect('redirect', protocol);
    const { status, headers, body } = await client.request(pollUrl, first);
    expect(status).toBe(307);
    expect(headers['etag']).toBeUndefined();
    expect(headers['last-modified']).toBeUndefined();
    expect(headers).toMatchObject({ 'content-length': '0', 'cache-control': 'private, no-store' });
    expect(body).toHaveLength(0);
  });

  it('answers 204 without a body when there is nothing, with the reason', async () => {
    const { client } = await fleet.connect('newest', protocol);
    const headers = { ...first, ...raucHeaders(board, '2.0.0', 'boot-1') };
    const answer = await client.request(pollUrl, headers);
    expect(answer.status).toBe(204);
    expect(answer.body).toHaveLength(0);
    expect(answer.headers['content-type']).toBeUndefined();
    expect(answer.headers['x-rauc-server-reason']).toBe('up-to-date');
  });

  it.each<[string, (etag: string) => string]>([
    ['exact', (etag) => etag],
    ['weak', (etag) => `W/${etag}`],
    ['in a list', (etag) => `"other", W/"more",${etag}`],
    ['a star', () => '*'],
  ])('answers 304 with the ETag when If-None-Match matches: %s', async (_, condition) => {
    const { client } = await fleet.connect('conditional', protocol);
    const { status, headers, body } = await client.request(pollUrl, {
      ...first,
      'If-None-Match': condition(`"${sha256}"`),
    });
    expect(status).toBe(304);
    expect(headers['etag']).toBe(`"${sha256}"`);
    expect(body).toHaveLength(0);
  });

  it.each(['"other"', `W/"${'0'.repeat(64)}"`, 'nonsense', ''])(
    'leads to the bytes when If-None-Match does not match: %s',
    async (condition) => {
      const { client } = await fleet.connect('unmatched', protocol);
      const headers = { ...first, 'If-None-Match': condition };
      const { status, headers: told } = await client.request(pollUrl, headers);
      expect(status).toBe(307);
      expect((await client.request(String(told['location']), headers)).status).toBe(206);
    },
  );

  it('answers the redirect target 304 as well when its ETag is known', async () => {
    const { client } = await fleet.connect('target', protocol);
    const target = `/bundles/${sha256}/v2.0.0.raucb`;
    const { status, headers } = await client.request(target, { ...first, 'If-None-Match': `"${sha256}"` });
    expect(status).toBe(304);
    expect(headers['etag']).toBe(`"${sha256}"`);
  });

  it('gives bytes, once, then 304 until there is nothing, and bytes again after that', async () => {
    const id = `sequence-${protocol.replace(/\W/g, '')}`;
    const { rauc } = await fleet.connect(id, protocol);
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
    for (let round = 0; round < 3; round += 1) expect((await rauc.poll()).statuses).toEqual([304]);
    await fleet.services.manageDevices.hold(id, 'on a desk', person);
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'held' });
    await fleet.services.manageDevices.liftHold(id, person);
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
  });

  it('tells of the same bundle as the API: hash, and hash of the manifest', async () => {
    const { rauc, client } = await fleet.connect('hash', protocol);
    const { etag } = await rauc.poll();
    const manifest = JSON.parse(
      (await client.request(`/api/v1/manifest.json?compatible=${board}`)).body.toString(),
    ) as Record<string, string>;
    expect(etag).toBe(`"${manifest['sha256'] ?? ''}"`);
    expect(manifest['manifest_hash']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('answers 404 for what was never there, at once', async () => {
    const { rauc, client } = await fleet.connect('gone', protocol);
    const { pinned = '' } = await rauc.poll();
    expect((await client.request(pinned.replace(/[0-9a-f]{64}/, '0'.repeat(64)))).status).toBe(404);
    expect((await client.request('/bundles/none.raucb')).status).toBe(404);
  });

  it('is not disturbed by credentials that nobody asked for', async () => {
    const { client } = await fleet.connect('credentials', protocol);
    const headers = { ...first, Authorization: 'Basic dTpw', Cookie: 'a=b' };
    const { headers: told } = await client.request(pollUrl, headers);
    expect((await client.request(String(told['location']), headers)).status).toBe(206);
  });

  it('takes nothing but GET and HEAD', async () => {
    const { client } = await fleet.connect('method', protocol);
    const { status, headers } = await client.request(pollUrl, {}, 'POST', 'x');
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD' });
  });
});

describe('what RAUC could not install by itself', () => {
  it.each([
    ['a plain bundle', 'plain-not-streamable', { format: 'plain' as const }],
    ['a bundle without a version', 'no-version', { version: null }],
    ['a crypt bundle that is not encrypted', 'crypt-not-encrypted', { format: 'crypt' as const }],
  ])('is not offered to a poller, with the reason: %s', async (_, reason, bundle) => {
    const fleet = await startReleasedFleet({ released: null });
    await fleet.release('2.0.0', bundle);
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason });
    const offerIn = async (protocol: string) => (await explained(fleet.services, 'dev-1', protocol)).offer;
    expect(await offerIn('polling')).toMatchObject({ kind: 'nothing', reason });
    expect((await offerIn('manifest')).kind).toBe('bundle');
  });

  it('does not end what the device was told of in the other protocol', async () => {
    const fleet = await startReleasedFleet({ released: null });
    await fleet.release('2.0.0', { format: 'plain' });
    const { rauc, client } = await fleet.connect('dev-1', 'HTTP/2');
    await client.request(`/api/v1/manifest.json?compatible=${board}`);
    const told = await fleet.latest('dev-1');
    expect(told).toMatchObject({ state: 'offered', bundleName: 'v2.0.0.raucb' });
    expect(await rauc.poll()).toMatchObject({ reason: 'plain-not-streamable' });
    expect(await fleet.latest('dev-1')).toMatchObject({ id: told?.id, state: 'offered' });
  });
});
