import { runCommand } from '../../support/cli-harness';
import { temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';

let admin: AdminListener;
beforeAll(async () => {
  admin = await openAdminListener();
  await admin.http.post('/api/devices').send({ id: 'a' }).expect(201);
});
afterAll(() => admin.close());

const bad = ['a\0b', 'half \ud83d'];
/** Superagent would send what it makes of half a pair: JSON says it in ASCII. */
const sendJson = (method: 'post' | 'patch', path: string, body: object) =>
  admin.http[method](path)
    .set('Content-Type', 'application/json')
    .send(JSON.stringify(body).replace(/[\p{Cs}]/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`));

describe('a text with a NUL or half a character', () => {
  it.each([
    ['patch', '/api/devices/a', (text: string) => ({ notes: text })],
    ['patch', '/api/devices/a', (text: string) => ({ channel: text })],
    ['patch', '/api/devices/a', (text: string) => ({ labels: ['ok', text] })],
    ['post', '/api/devices', (text: string) => ({ id: text })],
    ['post', '/api/devices/a/hold', (text: string) => ({ reason: text })],
    ['post', '/api/devices/a/pin', (text: string) => ({ bundle: text })],
    ['post', '/api/devices/actions', (text: string) => ({ action: 'hold', ids: ['a'], value: text })],
    ['post', '/api/tokens', (text: string) => ({ name: text, scope: 'read' })],
    ['post', '/api/webhooks', (text: string) => ({ name: text, url: 'https://example.com/' })],
    ['post', '/api/webhooks', (text: string) => ({ name: 'w', url: 'https://example.com/', secret: text })],
    ['post', '/api/revocations', (text: string) => ({ serial: 'ab', reason: text })],
    ['post', '/api/attention/dismiss', (text: string) => ({ kind: 'lost-devices', subjects: [text] })],
    ['post', '/api/releases/1/abort', (text: string) => ({ reason: text })],
    ['post', '/api/session', (text: string) => ({ token: text })],
  ] as const)('%s %s refuses it', async (method, path, bodyOf) => {
    for (const text of bad) {
      const answer = await sendJson(method, path, bodyOf(text));
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'invalid-input' });
    }
  });

  it.each([
    '/api/devices?search=a%00b',
    '/api/devices?label=%00',
    '/api/events?actor=%00',
    '/api/certificates?search=%00',
    '/api/devices/a%00b',
    '/api/releases?compatible=%00',
  ])('GET %s refuses it', async (path) => {
    expect([400, 404]).toContain((await admin.http.get(path)).status);
    expect((await admin.http.get(path)).status).toBe(400);
  });

  it('is refused in a form, too', async () => {
    await admin.http.post('/api/devices/a/hold').type('form').send('reason=%00').expect(400);
  });

  it('is refused by commands', async () => {
    const cwd = await temporaryFolder();
    for (const text of bad) {
      for (const args of [
        ['device', 'hold', 'a', '--reason', text],
        ['device', 'note', 'a', text],
        ['cert', 'revoke', '--serial', 'ab', '--reason', text],
        ['cert', 'list', '--certs-dir', text],
      ])
        expect(await runCommand(args, { cwd })).toMatchObject({ code: 2, stdout: '' });
    }
  });
});

it('takes every other text as it is', async () => {
  const notes = 'Größe \u{1f600}\n\tand a second line \u0001';
  const answer = await admin.http.patch('/api/devices/a').send({ notes }).expect(200);
  expect(answer.body).toMatchObject({ notes });
});
