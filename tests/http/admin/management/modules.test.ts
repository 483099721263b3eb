import { readFile } from 'node:fs/promises';
import { makeBundle } from '../../../support/bundle-factory';
import { nothingStored } from '../admin-listener';
import { type ManagementListener, openManagement } from './management-listener';

let strict: ManagementListener;
let lax: ManagementListener;
let bundle: Buffer;
let count = 0;

beforeAll(async () => {
  strict = await openManagement();
  lax = await openManagement({ change: () => ({ allowOpaque: true }) });
  bundle = await readFile((await makeBundle({ compatible: 'board', version: '1.0.0' })).path);
});

async function make(rest: ManagementListener, kind: string, more: object = {}): Promise<number> {
  count += 1;
  const body: unknown = (
    await rest.ask('post', kind, [{ name: `name ${count}`, version: '1', type: 'os', ...more }]).expect(201)
  ).body;
  return (body as { id: number }[])[0]?.id ?? 0;
}
const upload = (rest: ManagementListener, module: number, bytes: Buffer, name: string) =>
  rest.ask('post', `softwaremodules/${module}/artifacts`).attach('file', bytes, name);

describe('a software module', () => {
  it('gets a verified bundle as its file, which stays when the module leaves', async () => {
    const module = await make(strict, 'softwaremodules');
    expect((await strict.ask('get', `softwaremodules/${module}`)).body).toMatchObject({ complete: false });
    expect((await strict.ask('get', `softwaremodules/${module}/artifacts`)).body).toEqual([]);
    const body: unknown = (await upload(strict, module, bundle, 'board-1.raucb').expect(201)).body;
    expect(body).toMatchObject({
      id: module,
      providedFilename: 'board-1.raucb',
      size: bundle.length,
      opaque: false,
    });
    expect((await strict.ask('get', `softwaremodules/${module}/artifacts/${module}`)).body).toEqual(body);
    expect((await strict.ask('get', `softwaremodules/${module}`)).body).toMatchObject({ complete: true });
    await strict.ask('delete', `softwaremodules/${module}/artifacts/${module}`).expect(200);
    await strict.ask('get', `softwaremodules/${module}/artifacts/${module}`).expect(404);
    await strict.ask('delete', `softwaremodules/${module}`).expect(200);
    await strict.ask('get', `softwaremodules/${module}`).expect(404);
    expect(strict.services.listBundles.get('board-1.raucb').bundle.inspection.verdict).toBe('unchecked');
  });

  it('and a set leave a line in the journal when they are made, and when they are deleted', async () => {
    const module = await make(strict, 'softwaremodules', { name: 'told', version: '9' });
    const set = await make(strict, 'distributionsets', { name: 'told', version: '9' });
    await strict.ask('delete', `distributionsets/${set}`).expect(200);
    await strict.ask('delete', `softwaremodules/${module}`).expect(200);
    const events = await strict.http.get('/api/events?limit=4').auth(strict.secrets.read, { type: 'bearer' });
    expect((events.body as { events: unknown }).events).toMatchObject([
      { kind: 'draft.deleted', message: `the software module told 9 was deleted; its id was ${module}` },
      { kind: 'draft.deleted', message: `the distribution set told 9 was deleted; its id was ${set}` },
      { kind: 'draft.created', message: `the distribution set told 9 was created, with the id ${set}` },
      { kind: 'draft.created', message: `the software module told 9 was created, with the id ${module}` },
    ]);
  });

  it('has one file', async () => {
    const module = await make(strict, 'softwaremodules');
    await upload(strict, module, bundle, 'first.raucb').expect(201);
    await upload(strict, module, bundle, 'second.raucb').expect(409);
    const body: unknown = (await strict.ask('get', `softwaremodules/${module}/artifacts`)).body;
    expect(body).toMatchObject([{ providedFilename: 'first.raucb' }]);
  });

  it.each([
    ['no bundle', 'random.raucb', 422],
    ['no bundle, under another name', 'bundle.raucb_0', 400],
    ['hidden', '.raucb', 400],
  ])('takes no file that is %s', async (_, name, status) => {
    const module = await make(strict, 'softwaremodules');
    const answer = await upload(strict, module, Buffer.from('random bytes'), name);
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.objectContaining({ errorCode: expect.any(String) as string }),
    ]);
    expect((await strict.stored()).incoming).toEqual([]);
  });

  it.each([
    ['where only bundles are accepted', () => strict, 'empty.raucb'],
    ['where opaque files are accepted', () => lax, 'empty.raucb'],
    ['where opaque files are accepted', () => lax, 'empty.bin'],
  ])('takes no file without bytes, %s', async (_, listener, name) => {
    const rest = listener();
    const before = await rest.stored();
    const module = await make(rest, 'softwaremodules');
    const answer = await upload(rest, module, Buffer.alloc(0), name);
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.objectContaining({ message: expect.stringContaining('empty') as string }),
    ]);
    expect((await rest.ask('get', `softwaremodules/${module}/artifacts`)).body).toEqual([]);
    expect(await rest.stored()).toEqual(before);
  });

  it('must exist before it gets a file, which is not read otherwise', async () => {
    await upload(strict, 987_654, bundle, 'nowhere.raucb').expect(404);
    await upload(strict, 0, bundle, 'nowhere.raucb').expect(400);
  });

  it('is found by its name and version', async () => {
    const module = await make(strict, 'softwaremodules', { name: 'findable', version: '7' });
    const found = await strict.ask('get', 'softwaremodules?q=name==findable;version==7').expect(200);
    expect(found.body).toMatchObject({ total: 1, content: [{ id: module }] });
    await strict.ask('post', 'softwaremodules', [{ name: 'findable', version: '7', type: 'os' }]).expect(409);
  });

  it('is found by a name that reads like a filter', async () => {
    const name = 'Salt and Pepper; type==os';
    const module = await make(strict, 'softwaremodules', { name });
    const query = encodeURIComponent(`version==1;name=="${name}"`);
    const found = await strict.ask('get', `softwaremodules?q=${query}`).expect(200);
    expect(found.body).toMatchObject({ total: 1, content: [{ id: module }] });
  });

  it('and a set are refused rather than made otherwise than asked for', async () => {
    const draft = { name: 'special', version: '1' };
    await strict.ask('post', 'softwaremodules', [draft, { ...draft, encrypted: true }]).expect(400);
    await strict.ask('post', 'distributionsets', [{ ...draft, requiredMigrationStep: true }]).expect(400);
    expect((await strict.ask('get', 'softwaremodules?q=name==special')).body).toMatchObject({ total: 0 });
    await strict.ask('post', 'softwaremodules', [{ ...draft, encrypted: false }]).expect(201);
    await strict.ask('post', 'distributionsets', [{ ...draft, requiredMigrationStep: false }]).expect(201);
  });

  it("may be sent as hawkBit's media type, and as no other", async () => {
    const send = (type: string, name: string) =>
      strict
        .ask('post', 'softwaremodules')
        .type(type)
        .send(JSON.stringify([{ name, version: '1' }]));
    await send('application/hal+json;charset=UTF-8', 'as hal').expect(201);
    await send('text/plain', 'as text').expect(415);
    await send('application/xml', 'as xml').expect(415);
  });

  it('is created with others or not at all', async () => {
    const before = ((await strict.ask('get', 'softwaremodules')).body as { total: number }).total;
    const [one, two] = [
      { name: 'twin', version: '1' },
      { name: 'twin', version: '1' },
    ];
    await strict.ask('post', 'softwaremodules', [one, two]).expect(409);
    expect((await strict.ask('get', 'softwaremodules')).body).toMatchObject({ total: before });
  });

  it.each([{ name: '' }, { name: 'a\nb' }, { version: ' ' }, {}])(
    'needs a name and a version: %j',
    async (more) => {
      await strict.ask('post', 'softwaremodules', [{ version: '1', ...more }]).expect(400);
    },
  );
});

describe('a distribution set', () => {
  it('may be empty, gets one module, and keeps it from being deleted', async () => {
    const set = await make(strict, 'distributionsets', { modules: [] });
    const [one, two] = [await make(strict, 'softwaremodules'), await make(strict, 'softwaremodules')];
    await strict.ask('post', `distributionsets/${set}/assignedTargets`, [{ id: 'x' }]).expect(409);
    await strict.ask('post', `distributionsets/${set}/assignedSM`, [{ id: one }]).expect(200);
    await strict.ask('post', `distributionsets/${set}/assignedSM`, [{ id: two }]).expect(400);
    expect((await strict.ask('get', `distributionsets/${set}`)).body).toMatchObject({
      complete: false,
      modules: [{ id: one }],
    });
    await strict.ask('delete', `softwaremodules/${one}`).expect(409);
    await strict.ask('delete', `distributionsets/${set}`).expect(200);
    await strict.ask('delete', `softwaremodules/${one}`).expect(200);
  });

  it('has no second module, and none that does not exist', async () => {
    const [one, two] = [await make(strict, 'softwaremodules'), await make(strict, 'softwaremodules')];
    const set = { name: 'several', version: '1', type: 'app' };
    await strict
      .ask('post', 'distributionsets', [{ ...set, modules: [{ id: one }, { id: two }] }])
      .expect(400);
    await strict.ask('post', 'distributionsets', [{ ...set, modules: [{ id: 987_654 }] }]).expect(404);
  });
});

describe('where opaque files are accepted', () => {
  it('one file name may come again with other bytes, and leaves with its module', async () => {
    const modules = [await make(lax, 'softwaremodules'), await make(lax, 'softwaremodules')];
    for (const module of modules)
      await upload(lax, module, Buffer.from(`bytes of ${module}`), 'bundle.raucb').expect(201);
    const shown = (await lax.ask('get', `softwaremodules/${modules[0]}/artifacts`)).body as object[];
    expect(shown).toMatchObject([{ providedFilename: 'bundle.raucb', opaque: true }]);
    const body: unknown = (await lax.http.get('/api/bundles').auth(lax.secrets.read, { type: 'bearer' }))
      .body;
    const { bundles } = body as { bundles: { name: string; verdict: string; compatible: string | null }[] };
    expect(bundles.map(({ verdict, compatible }) => ({ verdict, compatible }))).toEqual([
      { verdict: 'opaque', compatible: null },
      { verdict: 'opaque', compatible: null },
    ]);
    const activation = lax.http
      .post(`/activate/board/${bundles[0]?.name ?? ''}`)
      .auth(lax.secrets.publish, { type: 'bearer' })
      .set('Accept', 'application/json');
    expect((await activation).body).toMatchObject({ reason: 'opaque-not-released' });
    for (const module of modules) await lax.ask('delete', `softwaremodules/${module}`).expect(200);
    expect(await lax.stored()).toEqual(nothingStored);
  });

  it('one that a device is assigned to leaves with the device', async () => {
    const module = await make(lax, 'softwaremodules');
    await upload(lax, module, Buffer.from('needed'), 'needed.bin').expect(201);
    const set = await make(lax, 'distributionsets', { modules: [{ id: module }] });
    await lax.ask('post', 'targets', [{ controllerId: 'needs-it' }]).expect(201);
    await lax.ask('post', `distributionsets/${set}/assignedTargets`, [{ id: 'needs-it' }]).expect(200);
    await lax.ask('delete', `distributionsets/${set}`).expect(200);
    await lax.ask('delete', `softwaremodules/${module}`).expect(200);
    expect((await lax.stored()).bundles).toEqual([expect.stringMatching(/-needed\.bin$/)]);
    await lax.ask('delete', 'targets/needs-it').expect(200);
    expect(await lax.stored()).toEqual(nothingStored);
  });

  it('a bundle is still a bundle', async () => {
    const module = await make(lax, 'softwaremodules');
    const body: unknown = (await upload(lax, module, bundle, 'real.raucb').expect(201)).body;
    expect(body).toMatchObject({ opaque: false });
    expect(lax.services.listBundles.get('real.raucb').bundle.inspection.manifest?.version).toBe('1.0.0');
  });

  it('uploads elsewhere refuse them as before', async () => {
    const sent = lax.http
      .post('/upload')
      .auth(lax.secrets.publish, { type: 'bearer' })
      .attach('bundle', Buffer.from('random bytes'), 'random.raucb');
    await sent.expect(422);
  });

  it('says so loudly at the start', () => {
    const loud = lax.opened.log.filter(({ message }) => message.includes('HAWKBIT_OPAQUE_FILES'));
    expect(loud).toMatchObject([{ level: 'warn' }]);
    expect(strict.opened.log.some(({ message }) => message.includes('OPAQUE'))).toBe(false);
  });
});
