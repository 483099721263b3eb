import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AdminListener, nothingStored, openAdminListener } from '../http/admin/admin-listener';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { runCommand } from '../support/cli-harness';
import { freePort } from '../support/loopback-ports';
import { temporaryFolder } from '../support/programs';
import {
  askThrough,
  makeProxyCertificate,
  proxyName,
  readRecipes,
  startNginx,
  startRecipe,
  towards,
} from '../support/reverse-proxy';

/** Longer than the proxies of these tests wait unless they are told to; in real life it is a minute that they wait. */
const checkMs = 1_500;
const impatient = 'proxy_read_timeout 1s; proxy_send_timeout 1s;';

let large: MadeBundle;
let cwd: string;
beforeAll(async () => {
  large = await makeBundle({ imageSizeBytes: 3 << 20, seed: 'proxy' });
  cwd = await temporaryFolder();
  await copyFile(large.path, path.join(cwd, 'fw-1.raucb'));
});

/** A server that takes its time to check a bundle. */
function openSlowServer(admin: object = {}): Promise<AdminListener> {
  return openAdminListener({
    admin,
    changeServices: ({ publishBundle }) => ({
      publishBundle: {
        ...publishBundle,
        publish: async (...given) => {
          await delay(checkMs);
          return publishBundle.publish(...given);
        },
      },
    }),
  });
}

const tokenOf = async ({ services }: AdminListener) =>
  (await services.manageTokens.create({ name: 'ci', scope: 'publish', actor: 'local' })).secret;

/** The command line through an nginx that hands on to a port with these lines. */
async function uploadThrough(targetPort: number, lines: string, token: string) {
  const port = await freePort();
  const proxy = await startNginx(
    `server { listen 127.0.0.1:${port}; ${lines} location / { proxy_pass http://127.0.0.1:${targetPort}; } }`,
    { port },
  );
  const args = ['bundle', 'upload', 'fw-1.raucb', '--json', '--server', `http://127.0.0.1:${port}`];
  const { code, stdout, stderr } = await runCommand(args, {
    cwd,
    env: { ADMIN_TOKEN: token },
    surroundings: { wait: (ms) => delay(Math.min(ms, 500)) }, // where the server is not there it never comes
  });
  await proxy.stop();
  return { code, answer: JSON.parse(stdout === '' ? stderr : stdout) as unknown };
}

describe('an upload through nginx', () => {
  it('that takes 1 MiB is told which limit to raise', async () => {
    const admin = await openAdminListener();
    const { code, answer } = await uploadThrough(admin.port, '', await tokenOf(admin));
    expect({ code, answer }).toMatchObject({
      code: 1,
      answer: {
        error: {
          code: 'too-large',
          message: expect.stringContaining('nginx') as string,
          remedy: expect.stringContaining('client_max_body_size') as string,
          details: { status: 413 },
        },
      },
    });
    expect(await admin.stored()).toEqual(nothingStored);
    await admin.close();
  });

  it('that does not wait for the answer has succeeded all the same', async () => {
    const admin = await openSlowServer();
    const lines = `${impatient} client_max_body_size 17g;`;
    const { code, answer } = await uploadThrough(admin.port, lines, await tokenOf(admin));
    expect({ code, answer }).toMatchObject({
      code: 0,
      answer: { bundle: { sha256: large.sha256 }, answer_lost: true },
    });
    await admin.close();
  });

  it('that finds no server is told so', async () => {
    const lines = 'client_max_body_size 17g;';
    const { code, answer } = await uploadThrough(await freePort(), lines, 'any');
    expect({ code, answer }).toMatchObject({
      code: 1,
      answer: {
        error: {
          code: 'unavailable',
          details: { status: 502, proxy: expect.stringContaining('nginx') as string },
        },
      },
    });
  });
});

describe('the recipe for nginx', () => {
  it.each(['/', '/rauc/'])('at %s waits for a server that checks a large bundle', async (base) => {
    const recipe = (await readRecipes()).find((one) => one.program === 'nginx' && one.base === base);
    if (recipe === undefined) throw new Error('the document has no such recipe');
    const certificate = await makeProxyCertificate();
    const port = await freePort();
    const admin = await openSlowServer({
      adminHosts: [`${proxyName}:${port}`],
      requireToken: true,
      trustedProxies: ['127.0.0.1'],
    });
    const proxy = await startRecipe(recipe, admin.port, certificate, { port, around: impatient });
    const head = `--b\r\nContent-Disposition: form-data; name="bundle"; filename="fw-1.raucb"\r\n\r\n`;
    const answer = await askThrough(towards(port, certificate.ca), 'POST', `${base}upload`, {
      headers: {
        Authorization: `Bearer ${await tokenOf(admin)}`,
        'Content-Type': 'multipart/form-data; boundary=b',
      },
      body: Buffer.concat([Buffer.from(head), await readFile(large.path), Buffer.from('\r\n--b--\r\n')]),
    });
    expect(answer.status).toBe(201);
    await proxy.stop();
    await admin.close();
  });
});
