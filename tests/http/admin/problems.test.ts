import { DomainError } from '../../../src/core/errors';
import { problemCodes } from '../../../src/contract/problem';
import { sentenceOf } from '../../../src/core/reasons/sentences';
import { createProblem, type ProblemJson, problemOf, statusOfProblem } from '../../../src/http/problem';
import { type AdminListener, openAdminListener } from './admin-listener';

describe('problem documents', () => {
  let admin: AdminListener;
  beforeAll(async () => {
    admin = await openAdminListener({
      changeServices: ({ listBundles }) => ({
        listBundles: {
          ...listBundles,
          releases: () => {
            throw new Error('SELECT secret FROM /var/lib');
          },
        },
      }),
    });
  });
  afterAll(() => admin.close());

  it('have their media type, members and the id of the request', async () => {
    const answer = await admin.http.get('/api/bundles/none.raucb').expect(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    const body = JSON.parse(answer.text) as object;
    expect(body).toMatchObject({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'not-found',
      request_id: answer.headers['x-request-id'],
    });
  });

  it('say why by a code with parameters, for those who have words of their own', async () => {
    const answer = await admin.http.get('/api/bundles/none.raucb').expect(404);
    const { reason, parameters, detail } = JSON.parse(answer.text) as ProblemJson;
    expect({ reason, parameters }).toEqual({ reason: 'no-such-bundle', parameters: { name: 'none.raucb' } });
    expect(detail).toBe(sentenceOf({ code: 'no-such-bundle', parameters: { name: 'none.raucb' } }));
  });

  it('write parameters as the API writes its fields', () => {
    const { parameters } = problemOf(DomainError.of('no-installation-log', { installationId: 7 }));
    expect(parameters).toEqual({ installation_id: 7 });
  });

  it('tell nothing about a bug but the id under which the log has it', async () => {
    const answer = await admin.http.get('/api/manifests').expect(500);
    const id = answer.headers['x-request-id'];
    expect(JSON.parse(answer.text)).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      code: 'internal',
      request_id: id,
    });
    expect(admin.requests.at(-1)).toMatchObject({
      level: 'error',
      facts: { request_id: id, status: 500, err: { message: 'SELECT secret FROM /var/lib' } },
    });
  });

  it('take no request id from outside', async () => {
    const answer = await admin.http.get('/health').set('X-Request-Id', 'forged').expect(200);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['get', '/api/none', 404],
    ['get', '/API/bundles', 404],
    ['get', '/api/bundles/', 404],
    ['get', '/api/bundles/%zz', 400],
    ['get', '/%c0%ae', 400],
    ['get', '/..%2f..%2fpackage.json', 404],
    ['get', '/.%00', 400],
    ['post', '/', 404],
    ['post', '/api/none', 404],
  ] as const)('answer %s %s with %i', async (method, path, status) => {
    const answer = await admin.http[method](path);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['post', '/api/bundles', 'GET, HEAD'],
    ['delete', '/api/bundles', 'GET, HEAD'],
    ['get', '/upload', 'POST'],
    ['put', '/activate/a.raucb', 'POST'],
    ['get', '/delete/a.raucb', 'POST'],
    ['patch', '/api/tokens', 'GET, HEAD, POST'],
    ['options', '/health', 'GET, HEAD'],
  ] as const)('name the allowed methods for %s %s', async (method, path, allow) => {
    const answer = await admin.http[method](path).expect(405);
    expect(answer.headers['allow']).toBe(allow);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'method-not-allowed' });
  });

  it.each([
    ['malformed JSON', 'application/json', '{"force":', 400],
    ['JSON that is not an object', 'application/json', '[1]', 400],
    ['a wrong type', 'application/json', '{"force": 1}', 400],
    ['an unknown member', 'application/json', '{"forced": true}', 400],
    ['a large body', 'application/json', `{"force": "${'a'.repeat(70_000)}"}`, 413],
    ['very many fields', 'application/x-www-form-urlencoded', 'a=1&'.repeat(1000), 413],
    ['another media type', 'text/plain', 'force=true', 415],
    ['an unknown charset', 'application/json; charset=x-none', '{}', 415],
  ])('refuse %s', async (_what, type, body, status) => {
    const answer = await admin.http.post('/activate/a.raucb').set('Content-Type', type).send(body);
    expect(answer.status).toBe(status);
  });

  it('name every bad field at once', async () => {
    const answer = await admin.http.post('/api/tokens').send({ scope: 'root', extra: 1 }).expect(400);
    const { errors } = JSON.parse(answer.text) as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).sort()).toEqual(['body', 'body.name', 'body.scope']);
  });

  it('have a status and a title for each code', () => {
    for (const code of problemCodes) {
      expect(statusOfProblem(code)).toBeGreaterThanOrEqual(400);
      expect(createProblem(code).title).not.toBe('Error');
    }
  });

  it('never let facts replace a standard member', () => {
    const error = new DomainError('conflict', 'taken', {
      details: { status: 200, code: 'x', storedSha256: 'ab' },
    });
    expect(problemOf(error, 'id')).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'taken',
      code: 'conflict',
      request_id: 'id',
      stored_sha256: 'ab',
    });
  });
});
