import { type AdminListener, openAdminListener } from './admin-listener';

const link = /(?<=\s(?:src|href|action)=")[^"]*/g;
const withoutLinks = (page: string) => page.replaceAll(link, '');

/** Where the links of a page lead, also when a proxy serves it below a path. */
function linksOf(page: string, path: string): readonly string[] {
  const links = page.match(link) ?? [];
  return links.map((to) => new URL(to, `https://proxy.test/rauc${path}`).pathname);
}

describe('the page', () => {
  let admin: AdminListener;
  beforeAll(async () => {
    admin = await openAdminListener();
  });
  afterAll(() => admin.close());

  it('is served under a policy that runs only its own files', async () => {
    const answer = await admin.http
      .get('/')
      .expect(200)
      .expect('Content-Type', /^text\/html/);
    const policy = String(answer.headers['content-security-policy']).split(';').sort();
    expect(policy).toEqual(
      [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
      ].sort(),
    );
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
  });

  it('does not bind browsers to TLS, nor tell which software this is', async () => {
    const { headers } = await admin.http.get('/').expect(200);
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('lets browsers name the origin of its own forms, which the origin guard needs', async () => {
    const { headers } = await admin.http.get('/').expect(200);
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  it('has no inline script, style or handler, and nothing from elsewhere', async () => {
    const { text } = await admin.http.get('/').expect(200);
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
    const sources = [...text.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url);
    expect(sources.sort()).toEqual([
      expect.stringMatching(/^assets\/app-[0-9a-f]{12}\.js$/),
      expect.stringMatching(/^assets\/style-[0-9a-f]{12}\.css$/),
      expect.stringMatching(/^assets\/theme-[0-9a-f]{12}\.js$/),
      'favicon.svg',
    ]);
    for (const source of sources) await admin.http.get(`/${source}`).expect(200);
  });

  it('is the same page at each of its addresses, and nowhere else', async () => {
    const { text } = await admin.http.get('/').expect(200);
    for (const path of [
      '/devices',
      '/devices/board%2F1',
      '/bundles/fw-1.raucb',
      '/settings',
      '/events?device=a',
    ]) {
      const answer = await admin.http.get(path).expect(200).expect('Cache-Control', 'no-cache');
      expect(linksOf(answer.text, path)).toEqual(linksOf(text, '/'));
      expect(withoutLinks(answer.text)).toBe(withoutLinks(text));
    }
    for (const path of [
      '/device',
      '/devices/a/b',
      '/Devices',
      '/assets/none.js',
      '/assets/',
      '/%2e%2e/package.json',
    ]) {
      await admin.http.get(path).expect(404);
    }
  });

  const browser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  it.each([
    '/device',
    '/devices/a/b',
    '/Devices',
    '/devices/a/b/',
    '/bundles/a/b/c/d',
    '/upload/x',
    '/favicon.ico',
  ])('says to a browser that there is nothing at %s, and a program gets a problem', async (path) => {
    const { text } = await admin.http.get('/').expect(200);
    const answer = await admin.http
      .get(path)
      .set(browser)
      .expect(404)
      .expect('Vary', /Accept/);
    expect(answer.type).toBe('text/html');
    expect(linksOf(answer.text, path)).toEqual(linksOf(text, '/'));
    expect(withoutLinks(answer.text)).toBe(withoutLinks(text));
    await admin.http
      .get(path)
      .expect(404)
      .expect('Content-Type', /problem\+json/);
    await admin.http.head(path).set(browser).expect(404).expect('Content-Type', /html/);
  });

  it.each([
    ['/devices/', '/rauc/devices'],
    ['/devices/?state=failed', '/rauc/devices?state=failed'],
    ['/devices/board%2F1/', '/rauc/devices/board%2F1'],
    ['/bundles/fw-1.raucb/', '/rauc/bundles/fw-1.raucb'],
  ])('leads a browser from %s to the page without the slash', async (path, to) => {
    const { headers } = await admin.http.get(path).set(browser).expect(308);
    const found = new URL(String(headers['location']), `https://proxy.test/rauc${path}`);
    expect(found.pathname + found.search).toBe(to);
    await admin.http.get(path).expect(404);
  });

  it.each(['/api/none', '/api/devices/none', '/assets/none.js', '/health/none', `/${'a/'.repeat(40)}`])(
    'is not what a browser gets at %s',
    async (path) => {
      const { headers } = await admin.http.get(path).set(browser);
      expect(headers['content-type']).toMatch(/problem\+json/);
    },
  );

  it('does not lead to another host', async () => {
    const { headers } = await admin.http.get('//evil.test/').set(browser).expect(404);
    expect(headers).not.toHaveProperty('location');
  });

  it('uploads by a plain form when scripts do not run', async () => {
    const { text } = await admin.http.get('/').expect(200);
    expect(text).toMatch(/<form[^>]*action="upload"[^>]*method="post"[^>]*enctype="multipart\/form-data"/);
  });

  it('is replaced at once by that of a new version, while its assets stay with browsers', async () => {
    const page = await admin.http.get('/').expect(200).expect('Cache-Control', 'no-cache');
    await admin.http.get('/').set('If-None-Match', String(page.headers['etag'])).expect(304);
    const asset = /assets\/app-\w+\.js/.exec(page.text)?.[0] ?? '';
    await admin.http
      .get(`/${asset}`)
      .set('Accept-Encoding', 'gzip')
      .expect(200)
      .expect('Cache-Control', 'public, max-age=31536000, immutable')
      .expect('Content-Encoding', 'gzip');
  });
});
