import { makeBundle } from '../../support/bundle-factory';
import { bundleSigner } from '../../support/test-pki';
import { type AdminListener, openAdminListener } from './admin-listener';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('releasing', () => {
  let admin: AdminListener;
  beforeEach(async () => {
    admin = await openAdminListener();
    await admin.opened.publish((await makeBundle({ compatible: 'acme', version: '1.0.0' })).path, {
      name: 'fw 1.0+rc1.raucb',
    });
    await admin.opened.publish((await makeBundle({ compatible: 'acme', version: '2.0.0' })).path, {
      name: 'fw-2.raucb',
    });
  });
  afterEach(() => admin.close());

  it('makes a bundle current for its own compatible, and says so everywhere', async () => {
    const answer = await admin.http.post('/activate/fw%201.0%2Brc1.raucb').expect(200);
    expect(answer.body).toMatchObject({
      changed: true,
      release: {
        compatible: 'acme',
        channel: 'stable',
        bundle: 'fw 1.0+rc1.raucb',
        version: '1.0.0',
        released_by: 'local',
      },
    });
    const manifest = await admin.http.get('/api/manifest').expect(200);
    expect(manifest.body).toMatchObject({
      compatible: 'acme',
      filename: 'fw 1.0+rc1.raucb',
      version: '1.0.0',
      format: 'verity',
    });
    expect((manifest.body as { bundle_url: string }).bundle_url).toMatch(
      /^https:\/\/updates\.test:8443\/bundles\/[0-9a-f]{64}\/fw%201\.0%2Brc1\.raucb$/,
    );
    expect((manifest.body as { released_at: string }).released_at).toMatch(/^20.*Z$/);
    const manifests = await admin.http.get('/api/manifests').expect(200);
    expect(manifests.body).toEqual({ manifests: [manifest.body] });
    const bundle = await admin.http.get('/api/bundles/fw%201.0%2Brc1.raucb').expect(200);
    expect(bundle.body).toMatchObject({
      active_for: [{ compatible: 'acme', channel: 'stable' }],
      manifest: { version: '1.0.0' },
    });
    const again = await admin.http.post('/activate/fw%201.0%2Brc1.raucb').expect(200);
    expect(again.body).toMatchObject({ changed: false });
  });

  it('lists channels as people count: v9 before v10', async () => {
    for (const channel of ['v10', 'v9'])
      await admin.http.post('/api/releases').send({ bundle: 'fw-2.raucb', channel }).expect(201);
    const list = await admin.http.get('/api/releases').expect(200);
    const { releases } = list.body as { releases: { channel: string }[] };
    expect(releases.map(({ channel }) => channel)).toEqual(['v9', 'v10']);
  });

  it('lists bundles, newest first, and one with its signer', async () => {
    const list = await admin.http.get('/api/bundles').expect(200);
    expect((list.body as { bundles: { name: string }[] }).bundles.map(({ name }) => name)).toEqual([
      'fw-2.raucb',
      'fw 1.0+rc1.raucb',
    ]);
    const one = await admin.http.get('/api/bundles/fw-2.raucb').expect(200);
    expect((one.body as { signer_chain: object[] }).signer_chain).not.toEqual([]);
    expect((list.body as { bundles: object[] }).bundles[0]).not.toHaveProperty('signer_chain');
  });

  it('refuses another compatible unless forced, by JSON and by a form', async () => {
    const refused = await admin.http.post('/activate/other/fw-2.raucb').expect(409);
    expect(refused.body).toMatchObject({ code: 'conflict' });
    await admin.http.post('/activate/other/fw-2.raucb').send({ force: false }).expect(409);
    await admin.http.post('/activate/other/fw-2.raucb').send({ force: true }).expect(200);
    await admin.http.post('/activate/another/fw-2.raucb').type('form').send({ force: 'on' }).expect(200);
  });

  it('keeps compatibles apart that differ in a slash or a blank only', async () => {
    const force = { force: true };
    await admin.http.post('/activate/acme%2Fgw/fw-2.raucb').send(force).expect(200);
    await admin.http.post('/activate/acme%20gw/fw%201.0%2Brc1.raucb').send(force).expect(200);
    const { body } = (await admin.http.get('/api/manifests').expect(200)) as {
      body: { manifests: { compatible: string; filename: string }[] };
    };
    expect(body.manifests.map(({ compatible, filename }) => [compatible, filename])).toEqual([
      ['acme gw', 'fw 1.0+rc1.raucb'],
      ['acme/gw', 'fw-2.raucb'],
    ]);
    await admin.http.post('/deactivate/acme%2Fgw').expect(200);
    await admin.http.post('/deactivate/acme%2Fgw').expect(404);
    const left = await admin.http.get('/api/manifest').expect(200);
    expect(left.body).toMatchObject({ compatible: 'acme gw' });
  });

  it('stops offering a deactivated compatible, also the default one, and says why nothing is offered', async () => {
    await admin.http.post('/activate/fw-2.raucb').expect(200);
    const answer = await admin.http.post('/deactivate/acme').expect(200);
    expect(answer.body).toMatchObject({
      activation: { action: 'deactivate', bundle: null, previous_bundle: 'fw-2.raucb' },
    });
    const manifest = await admin.http.get('/api/manifest').expect(200);
    expect(manifest.body).toMatchObject({
      bundle_url: '',
      filename: '',
      reason: expect.stringMatching(/./) as string,
    });
    expect((await admin.http.get('/api/manifests').expect(200)).body).toEqual({ manifests: [] });
  });

  it('deactivates a compatible while the release is current that was meant, by JSON and by a form', async () => {
    const current = async () => {
      const answer = await admin.http.get('/api/releases?compatible=acme').expect(200);
      return (answer.body as { releases: { id: number }[] }).releases.map(({ id }) => id);
    };
    await admin.http.post('/activate/fw-2.raucb').expect(200);
    const [id = 0] = await current();
    const deactivate = (expected: unknown) =>
      admin.http.post('/deactivate/acme').send({ expected_release: expected });
    expect((await deactivate(id - 1).expect(409)).body).toMatchObject({
      code: 'conflict',
      current_release_id: id,
    });
    await deactivate('newest').expect(400);
    await admin.http
      .post('/deactivate/acme')
      .type('form')
      .send(`expected_release=${id - 1}`)
      .expect(409);
    expect(await current()).toEqual([id]);
    await admin.http.post('/deactivate/acme').type('form').send(`expected_release=${id}`).expect(200);
    expect(await current()).toEqual([]);
  });

  it('refuses to delete a current bundle, and deletes another', async () => {
    await admin.http.post('/activate/fw-2.raucb').expect(200);
    const refused = await admin.http.post('/delete/fw-2.raucb').expect(409);
    expect((refused.body as { detail: string }).detail).toContain('acme');
    const answer = await admin.http.post('/delete/fw%201.0%2Brc1.raucb').expect(200);
    expect(answer.body).toMatchObject({ deleted: { name: 'fw 1.0+rc1.raucb' } });
    await admin.http.post('/delete/fw%201.0%2Brc1.raucb').expect(404);
    expect((await admin.stored()).bundles).toEqual(['fw-2.raucb']);
  });

  it('deletes a bundle that a device is pinned to by force alone', async () => {
    const person = { name: 'local', address: null };
    const { manageDevices } = admin.opened.services;
    await manageDevices.create('board-1', {}, person);
    await manageDevices.pin('board-1', 'fw-2.raucb', person);
    const refused = await admin.http.post('/delete/fw-2.raucb').send({ force: false }).expect(409);
    expect((refused.body as { detail: string }).detail).toContain('board-1');
    await admin.http.post('/delete/fw-2.raucb').send({ force: true }).expect(200);
  });

  it.each([
    '/activate/none.raucb',
    '/activate/acme/none.raucb',
    '/deactivate/none',
    '/delete/none.raucb',
    '/delete/..%2F..%2Fserver.db',
  ])('answers %s with not found', async (path) => {
    const answer = await admin.http.post(path).expect(404);
    expect(answer.body).toMatchObject({ code: 'not-found' });
  });

  it.each([
    `/delete/${'a'.repeat(300)}.raucb`,
    '/activate/a%00b/fw-2.raucb',
    '/deactivate/%20acme',
    `/deactivate/${'a'.repeat(201)}`,
  ])('refuses %s', async (path) => {
    await admin.http.post(path).expect(400);
  });

  it('pages through the history', async () => {
    for (const name of ['fw-2.raucb', 'fw%201.0%2Brc1.raucb', 'fw-2.raucb'])
      await admin.http.post(`/activate/${name}`).expect(200);
    await admin.http.post('/activate/other/fw-2.raucb').send({ force: true }).expect(200);
    type Page = {
      body: {
        history: { bundle: string; previous_bundle: string; forced: boolean }[];
        next_before: number | null;
      };
    };
    const first = (await admin.http.get('/api/history?limit=2').expect(200)) as Page;
    expect(first.body.history).toMatchObject([
      { compatible: 'other', forced: true, by: 'local', previous_bundle: null },
      { compatible: 'acme', bundle: 'fw-2.raucb', previous_bundle: 'fw 1.0+rc1.raucb' },
    ]);
    const second = (await admin.http
      .get(`/api/history?limit=9&before=${first.body.next_before ?? ''}`)
      .expect(200)) as Page;
    expect(second.body).toMatchObject({ history: [{}, {}], next_before: null });
    const other = (await admin.http.get('/api/history?compatible=other').expect(200)) as Page;
    expect(other.body.history).toHaveLength(1);
  });

  it.each(['limit=0', 'limit=1001', 'limit=-1', 'limit=a', 'before=1.5', 'limit=1&limit=2', 'unknown=1'])(
    'refuses the history with ?%s',
    async (query) => {
      await admin.http.get(`/api/history?${query}`).expect(400);
    },
  );

  it('redirects the forms of a browser to the page', async () => {
    const post = (path: string) => admin.http.post(path).set('Accept', browser).type('form');
    expect((await post('/activate/fw-2.raucb').expect(303)).headers['location']).toBe(
      '../?done=activated&name=fw-2.raucb',
    );
    expect((await post('/deactivate/acme').expect(303)).headers['location']).toBe(
      '../?done=deactivated&name=acme',
    );
    expect((await post('/delete/fw-2.raucb').expect(303)).headers['location']).toBe(
      '../?done=deleted&name=fw-2.raucb',
    );
    expect((await post('/delete/fw-2.raucb').expect(404)).headers['content-type']).toMatch(/^text\/plain/);
  });
});

it('shows an encrypted bundle with its recipients and without a manifest', async () => {
  const admin = await openAdminListener();
  const made = await makeBundle({ format: 'crypt', rauc: 'sid', recipients: [await bundleSigner('rsa')] });
  await admin.opened.publish(made.path, { name: 'secret.raucb', compatible: 'acme' });
  const answer = await admin.http.get('/api/bundles/secret.raucb').expect(200);
  expect(answer.body).toMatchObject({
    encrypted: true,
    compatible: 'acme',
    version: null,
    manifest: null,
    images: [],
  });
  expect((answer.body as { recipients: object[] }).recipients).toHaveLength(1);
  await admin.close();
});
