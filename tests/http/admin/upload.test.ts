import { DomainError } from '../../../src/core/errors';
import { makeBundle, type MadeBundle } from '../../support/bundle-factory';
import { bundleSigner } from '../../support/test-pki';
import { type AdminListener, nothingStored, openAdminListener } from './admin-listener';

describe('uploading', () => {
  let admin: AdminListener;
  let made: MadeBundle;
  const upload = () => admin.http.post('/upload').set('Accept', 'application/json');
  beforeEach(async () => {
    made = await makeBundle({ compatible: 'acme', version: '1.2.3' });
    admin = await openAdminListener({ keyringPath: made.keyringPath });
  });
  afterEach(() => admin.close());

  it('stores a bundle and tells what is in it', async () => {
    const answer = await upload().attach('bundle', made.path, 'fw-1.2.3.raucb').expect(201);
    expect(answer.body).toMatchObject({
      created: true,
      release: null,
      bundle: {
        name: 'fw-1.2.3.raucb',
        sha256: made.sha256,
        size: made.sizeBytes,
        compatible: 'acme',
        version: '1.2.3',
        format: 'verity',
        verdict: 'trusted',
        uploaded_by: 'local',
        active_for: [],
        images: [{ slot_class: 'rootfs' }],
      },
    });
    expect(await admin.stored()).toEqual({ bundles: ['fw-1.2.3.raucb'], incoming: [] });
  });

  it('takes the same bytes again without a change', async () => {
    await upload().attach('bundle', made.path, 'a.raucb').expect(201);
    const answer = await upload().attach('bundle', made.path, 'a.raucb').expect(200);
    expect(answer.body).toMatchObject({ created: false });
  });

  it('refuses other bytes under the same name', async () => {
    const other = await makeBundle({ compatible: 'acme', seed: 'other' });
    await upload().attach('bundle', made.path, 'a.raucb').expect(201);
    const answer = await upload().attach('bundle', other.path, 'a.raucb').expect(409);
    expect(answer.body).toMatchObject({ code: 'conflict', stored_sha256: made.sha256, sha256: other.sha256 });
    expect((await admin.stored()).incoming).toEqual([]);
  });

  it.each(['true', '1', 'on'])(
    'activates in the same step when asked with %s, whether the field comes first or last',
    async (yes) => {
      const first = await upload().field('activate', yes).attach('bundle', made.path, 'a.raucb').expect(201);
      const last = await upload().attach('bundle', made.path, 'b.raucb').field('activate', yes).expect(201);
      expect(first.body).toMatchObject({ release: { compatible: 'acme', bundle: 'a.raucb' } });
      expect(last.body).toMatchObject({
        release: { bundle: 'b.raucb' },
        bundle: { active_for: [{ compatible: 'acme' }] },
      });
    },
  );

  it.each(['false', '0', 'off', ''])('does not activate when asked with "%s"', async (no) => {
    const answer = await upload().field('activate', no).attach('bundle', made.path, 'a.raucb').expect(201);
    expect(answer.body).toMatchObject({ release: null });
  });

  it('refuses to activate for another compatible, and stores nothing, unless forced', async () => {
    const refused = await upload()
      .field('compatible', 'other')
      .field('activate', 'true')
      .attach('bundle', made.path, 'a.raucb')
      .expect(409);
    expect(refused.body).toMatchObject({ code: 'conflict' });
    expect(await admin.stored()).toEqual(nothingStored);
    const answer = await upload()
      .field('compatible', 'other')
      .field('activate', 'true')
      .field('force', 'true')
      .attach('bundle', made.path, 'a.raucb')
      .expect(201);
    expect(answer.body).toMatchObject({ release: { compatible: 'other' } });
  });

  it('refuses bytes that are not a bundle', async () => {
    const answer = await upload().attach('bundle', Buffer.alloc(100_000, 1), 'a.raucb').expect(422);
    const message =
      'the signature length at its end is larger than the file: it was cut short or is not a bundle';
    expect(answer.body).toMatchObject({
      code: 'bundle-broken',
      detail: `a.raucb is broken: ${message}`,
      reasons: [
        { code: 'signature-length', message, reason_code: 'signature-beyond-file', reason_parameters: {} },
      ],
    });
    expect(answer.body).not.toHaveProperty('findings');
    expect(await admin.stored()).toEqual(nothingStored);
  });

  it('refuses a bundle of another signer', async () => {
    const foreign = await makeBundle({ signer: await bundleSigner('rsa') });
    const answer = await upload().attach('bundle', foreign.path, 'a.raucb').expect(422);
    expect(answer.body).toMatchObject({ code: 'bundle-untrusted' });
    expect(await admin.stored()).toEqual(nothingStored);
  });

  it.each([
    ['a path upwards', '../x.raucb'],
    ['a path', 'a/b.raucb'],
    ['an absolute path', '/etc/x.raucb'],
    ['a Windows path', 'C:\\x.raucb'],
    ['a NUL', 'a\0.raucb'],
    ['an escaped line feed', 'a%0A.raucb'],
    ['an escaped quote', 'a%22b.raucb'],
    ['300 characters', `${'a'.repeat(294)}.raucb`],
    ['a leading dot', '.hidden.raucb'],
    ['a text direction mark', 'a\u202Ebcuar.raucb'],
    ['letters beyond ASCII', 'größe.raucb'],
    ['another extension', 'a.raucb.exe'],
    ['only an extension', '.raucb'],
  ])('refuses a name with %s, and never rewrites it', async (_what, name) => {
    const boundary = 'xxBOUNDARYxx';
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="${name}"\r\n\r\nbytes\r\n--${boundary}--\r\n`;
    const answer = await upload()
      .set('Content-Type', `multipart/form-data; boundary=${boundary}`)
      .send(body)
      .expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid-input' });
    expect(await admin.stored()).toEqual(nothingStored);
  });

  it.each([
    [
      'a field with no yes or no in it',
      () => upload().attach('bundle', made.path, 'a.raucb').field('activate', 'maybe'),
    ],
    [
      'the same before the file',
      () => upload().field('activate', 'maybe').attach('bundle', made.path, 'a.raucb'),
    ],
    ['an unknown field', () => upload().attach('bundle', made.path, 'a.raucb').field('colour', 'red')],
    [
      'a channel and no activation',
      () => upload().attach('bundle', made.path, 'a.raucb').field('channel', 'beta'),
    ],
    [
      'steps that are none',
      () => upload().attach('bundle', made.path, 'a.raucb').field('activate', 'true').field('steps', '50,25'),
    ],
    [
      'a field twice',
      () =>
        upload().field('compatible', 'acme').field('compatible', 'b').attach('bundle', made.path, 'a.raucb'),
    ],
    ['a nested field', () => upload().field('activate[x]', 'true').attach('bundle', made.path, 'a.raucb')],
    [
      'a field of the prototype',
      () => upload().field('__proto__', 'true').attach('bundle', made.path, 'a.raucb'),
    ],
    [
      'a large field',
      () => upload().attach('bundle', made.path, 'a.raucb').field('compatible', 'a'.repeat(5000)),
    ],
    [
      'a compatible that is none',
      () => upload().attach('bundle', made.path, 'a.raucb').field('compatible', ' acme '),
    ],
    [
      'two files',
      () => upload().attach('bundle', made.path, 'a.raucb').attach('bundle', made.path, 'b.raucb'),
    ],
    ['a file in another field', () => upload().attach('file', made.path, 'a.raucb')],
    [
      'a second file in another field',
      () => upload().attach('bundle', made.path, 'a.raucb').attach('file', made.path, 'b.raucb'),
    ],
    ['no file', () => upload().field('activate', 'true')],
    [
      'a file with no name',
      () =>
        upload()
          .set('Content-Type', 'multipart/form-data; boundary=x')
          .send('--x\r\nContent-Disposition: form-data; name="bundle"; filename=""\r\n\r\n\r\n--x--\r\n'),
    ],
    ['no body', () => upload()],
    ['an empty file', () => upload().attach('bundle', Buffer.alloc(0), 'a.raucb')],
    [
      'a body that is cut',
      () =>
        upload()
          .set('Content-Type', 'multipart/form-data; boundary=x')
          .send('--x\r\nContent-Disposition: form-data; name="bundle"; filename="a.raucb"\r\n\r\nbytes'),
    ],
    [
      'a body that is not a form',
      () => upload().set('Content-Type', 'multipart/form-data; boundary=x').send('nonsense'),
    ],
    ['no boundary', () => upload().set('Content-Type', 'multipart/form-data').send('nonsense')],
  ])('refuses an upload with %s, and stores nothing', async (_what, send) => {
    const answer = await send().expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid-input' });
    expect(await admin.stored()).toEqual(nothingStored);
  });

  it('refuses a form with very many fields', async () => {
    let request = upload();
    for (let i = 0; i < 20; i += 1) request = request.field(`field${i}`, 'x');
    await request.attach('bundle', made.path, 'a.raucb').expect(400);
    expect(await admin.stored()).toEqual(nothingStored);
  });

  it('refuses a body that is not multipart', async () => {
    const answer = await upload().send({ bundle: 'a.raucb' }).expect(415);
    expect(answer.body).toMatchObject({ code: 'unsupported-media-type' });
  });

  it('redirects a browser to the page after an upload, and shows it a refusal as text', async () => {
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const done = await upload()
      .set('Accept', browser)
      .field('activate', 'on')
      .field('compatible', '')
      .attach('bundle', made.path, 'a.raucb')
      .expect(303);
    expect(done.headers.location).toBe('./?done=released&name=a.raucb');
    const refused = await upload()
      .set('Accept', browser)
      .attach('bundle', Buffer.from('x'), 'b.raucb')
      .expect(422);
    expect(refused.headers['content-type']).toMatch(/^text\/plain/);
  });
});

it('refuses an upload that turns out too large on the way', async () => {
  const admin = await openAdminListener({ admin: { uploadLimitBytes: 10_000 } });
  const answer = await admin.http
    .post('/upload')
    .attach('bundle', Buffer.alloc(50_000), 'a.raucb')
    .expect(413);
  expect(answer.body).toMatchObject({ code: 'too-large' });
  expect(await admin.stored()).toEqual(nothingStored);
  await admin.close();
});

it('tells a full disk apart, and logs it for a person', async () => {
  const full = () => Promise.reject(new DomainError('storage-full', 'the disk is full'));
  const admin = await openAdminListener({
    changeServices: ({ publishBundle }) => ({ publishBundle: { ...publishBundle, stage: full } }),
  });
  const answer = await admin.http
    .post('/upload')
    .attach('bundle', Buffer.alloc(5_000_000), 'a.raucb')
    .expect(507);
  expect(answer.body).toMatchObject({ code: 'storage-full' });
  expect(admin.requests.at(-1)).toMatchObject({ level: 'error', facts: { status: 507 } });
  await admin.close();
});

it('keeps nothing when publishing fails for an unforeseen reason, and tells nothing about it', async () => {
  const inspect = () => Promise.reject(new Error('secret path /var/x'));
  const admin = await openAdminListener({ change: () => ({ inspect }) });
  const { path } = await makeBundle();
  const answer = await admin.http.post('/upload').attach('bundle', path, 'a.raucb').expect(500);
  expect(answer.text).not.toContain('/var/x');
  expect(await admin.stored()).toEqual(nothingStored);
  await admin.close();
});
