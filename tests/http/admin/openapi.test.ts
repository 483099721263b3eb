import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AdminOptions } from '../../../src/http/admin/kernel/admin-options';
import { createAdminApp } from '../../../src/http/admin/server';
import { SessionCookies } from '../../../src/http/admin/access/session-cookie';
import { adminRoutes } from '../../../src/http/admin/routes';
import { Registry } from 'prom-client';
import { EventStreams } from '../../../src/http/admin/kernel/event-stream';
import { makeBundle } from '../../support/bundle-factory';
import { mustRun, run, temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';

/** As a program: the package is an ES module, which these tests can't import. */
const validator = path.resolve(
  __dirname,
  '../../../node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js',
);

const nobody = () => {
  throw new Error('nobody is asked');
};

interface Operation {
  operationId: string;
  summary: string;
  security: object[];
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: { properties: Record<string, object> } }> };
  responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
}

interface Document {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

describe('the OpenAPI document', () => {
  let admin: AdminListener;
  let document: Document;
  beforeAll(async () => {
    admin = await openAdminListener();
    const { body } = (await admin.http.get('/api/openapi.json').expect(200)) as { body: Document };
    document = body;
  });
  afterAll(() => admin.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  const optionsOf = ({ services }: AdminListener): AdminOptions => ({
    services,
    deviceBaseUrl: () => 'https://updates.test:8443',
    uploadLimitBytes: 1,
    releaseDefaults: { steps: '100', pauseAtFailures: 1 },
    adminHosts: [],
    requireToken: false,
    publicDir: '.',
    version: '1',
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => new Date(0),
    newId: () => 'id',
  });

  it('describes every route that is registered, and no other', () => {
    const app = createAdminApp(optionsOf(admin));
    const registered = app.router.stack.flatMap(({ route }) => {
      if (route === undefined) return [];
      const methods = new Set(
        route.stack
          .map(({ method }) => method)
          .filter((method) => (method as string | undefined) !== undefined),
      );
      return [...methods].map((method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual(registered.sort());
    expect(registered).toContain('post /upload');
  });

  it('is an OpenAPI 3.1 document whose parameters and references are complete', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '9.8.7' } });
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
      expect(Object.keys(operation.responses).every((status) => /^[2-5]\d\d$/.test(status))).toBe(true);
    }
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    for (const [, reference = ''] of references)
      expect(Object.keys(document.components.schemas)).toContain(
        reference.replace('#/components/schemas/', ''),
      );
  });

  it('is valid by the schemas of the OpenAPI Initiative', async () => {
    const file = path.join(await temporaryFolder(), 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const { stdout } = await mustRun(process.execPath, [validator, file]);
    expect(JSON.parse(stdout)).toEqual({ valid: true });
    await writeFile(file, JSON.stringify({ ...document, info: {} }));
    expect((await run(process.execPath, [validator, file])).code).not.toBe(0);
  });

  it('describes the upload as it is checked', () => {
    const upload = document.paths['/upload']?.['post'];
    const form = upload?.requestBody?.content['multipart/form-data']?.schema;
    expect(Object.keys(form?.properties ?? {}).sort()).toEqual(
      expect.arrayContaining(['activate', 'bundle', 'compatible', 'force', 'channel', 'steps', 'window']),
    );
    expect(Object.keys(upload?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '201', '400', '401', '403', '409', '413', '415', '422', '507']),
    );
  });

  it('says for which routes no token is ever needed', () => {
    const open = operations().filter(({ operation }) => operation.security.length === 0);
    expect(new Set(open.map(({ path }) => path))).toEqual(new Set(['/api/session', '/health']));
  });

  it('tells what answers really look like', async () => {
    await admin.opened.publish((await makeBundle({ compatible: 'acme' })).path, {
      name: 'a.raucb',
      activate: true,
    });
    const calls = [
      ['get', '/api/bundles', '/api/bundles'],
      ['get', '/api/bundles/{name}', '/api/bundles/a.raucb'],
      ['get', '/api/manifest', '/api/manifest'],
      ['get', '/api/manifests', '/api/manifests'],
      ['get', '/api/history', '/api/history'],
      ['post', '/activate/{name}', '/activate/a.raucb'],
      ['post', '/deactivate/{compatible}', '/deactivate/acme'],
      ['post', '/delete/{name}', '/delete/a.raucb'],
      ['get', '/api/session', '/api/session'],
      ['get', '/api/overview', '/api/overview'],
      ['get', '/api/fleet/history', '/api/fleet/history'],
      ['get', '/api/labels', '/api/labels'],
      ['get', '/api/certificates', '/api/certificates'],
      ['get', '/api/about', '/api/about'],
      ['get', '/health', '/health'],
    ] as const;
    const routes = adminRoutes(
      optionsOf(admin),
      new Registry(),
      new EventStreams(admin.opened.services.readJournal),
      { checkToken: nobody, identify: nobody, cookies: new SessionCookies('id'), needsToken: () => false },
    );
    for (const [method, pattern, path] of calls) {
      const answer = await admin.http[method](path).expect(200);
      const schema = routes.find((route) => route.method === method && route.path === pattern)?.answers[200]
        ?.schema;
      expect(schema?.parse(answer.body)).toEqual(answer.body); // no member is missing, none is undocumented
    }
  });
});
