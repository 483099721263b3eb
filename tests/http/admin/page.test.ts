import { type AdminListener, openAdminListener } from './admin-listener';

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
    expect(sources.sort()).toEqual(['/app.css', '/app.js']);
    for (const source of sources) await admin.http.get(source).expect(200);
  });

  it('puts what the server tells into the page as text only', async () => {
    const { text } = await admin.http.get('/app.js').buffer(true).expect(200);
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });

  it('uploads by a plain form when scripts do not run', async () => {
    const { text } = await admin.http.get('/').expect(200);
    expect(text).toMatch(/<form[^>]*action="\/upload"[^>]*method="post"[^>]*enctype="multipart\/form-data"/);
  });

  it('is replaced at once by that of a new version', async () => {
    const answer = await admin.http.get('/app.js').expect(200);
    expect(answer.headers['cache-control']).toBe('no-cache');
    await admin.http.get('/app.js').set('If-None-Match', String(answer.headers['etag'])).expect(304);
  });
});
