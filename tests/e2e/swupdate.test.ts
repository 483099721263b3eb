import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';
import { makeSwu, makeSwuSigner, startSuricatta, type SwuSigner } from '../support/swupdate';

/** SWUpdate as Debian builds it, and the server as built, over plain HTTP on this machine. */
let server: ServerProcess;
let hawkbitUrl: string;
let signer: SwuSigner;
let target: string;

beforeAll(async () => {
  const folder = await temporaryFolder();
  for (const made of [['ca'], ['server', '--name', 'localhost']])
    expect(await cli(folder, 'cert', ...made)).toMatchObject({ code: 0 });
  const env = { HAWKBIT_PORT: '0', HAWKBIT_HOST: '127.0.0.1', HAWKBIT_SCHEME: 'http' };
  const lab = { HAWKBIT_OPAQUE_FILES: 'true', DDI_POLL_INTERVAL: '1s' };
  server = await startServer({ folder, env: { ...env, ...lab } });
  const told = JSON.parse(server.output.stdout) as { hawkbit_url: string };
  hawkbitUrl = told.hawkbit_url.replace(/\/$/, '');
  signer = await makeSwuSigner();
  target = path.join(await temporaryFolder(), 'installed');
});

async function rest<T>(address: string, body?: object | FormData): Promise<T> {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${server.adminUrl}/rest/v1/${address}`, {
    ...(body !== undefined && { method: 'POST', body: isForm ? body : JSON.stringify(body) }),
    headers: isForm || body === undefined ? {} : { 'Content-Type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Creates a device, and returns its token. */
async function createDevice(id: string): Promise<string> {
  const [made] = await rest<{ securityToken: string }[]>('targets', [{ controllerId: id, name: id }]);
  return made?.securityToken ?? '';
}

/** Uploads a file, assigns it to a device, and returns the number of the action. */
async function assign(id: string, file: string): Promise<number> {
  const named = { name: `for ${id}`, version: '2.0.0', type: 'os' };
  const [module] = await rest<{ id: number }[]>('softwaremodules', [named]);
  const form = new FormData();
  form.set('file', new Blob([await readFile(file)]), path.basename(file));
  await rest(`softwaremodules/${module?.id}/artifacts`, form);
  const [set] = await rest<{ id: number }[]>('distributionsets', [{ ...named, modules: [module] }]);
  const assigned = await rest<{ assignedActions: { id: number }[] }>(
    `distributionsets/${set?.id}/assignedTargets`,
    [{ id }],
  );
  return assigned.assignedActions[0]?.id ?? 0;
}

/** What the device said about an action, newest first. */
async function said(id: string, action: number): Promise<{ type: string; messages: string[] }[]> {
  const query = 'offset=0&limit=50&sort=id:DESC';
  return (
    await rest<{ content: { type: string; messages: string[] }[] }>(
      `targets/${id}/actions/${action}/status?${query}`,
    )
  ).content;
}

const stateOf = (id: string, action: number) =>
  rest<{ status: string }>(`targets/${id}/actions/${action}`).then(({ status }) => status);

describe("Debian's SWUpdate", () => {
  it('tells what it is, installs a file, and reports success when the new system works', async () => {
    const device = { url: hawkbitUrl, id: 'swu-1', token: await createDevice('swu-1'), signer };
    const action = await assign('swu-1', await makeSwu('good.swu', 'the new system', target, signer));
    const before = await startSuricatta({ ...device, identify: { board: 'bench' } });
    await eventually(async () => (await said('swu-1', action))[0]?.messages[0] === 'All Chunks Installed.');
    expect(await readFile(target, 'utf8')).toBe('the new system');
    expect(await rest('targets/swu-1/attributes')).toEqual({ board: 'bench' });
    expect(await stateOf('swu-1', action)).toBe('pending');
    await before.stop();

    const after = await startSuricatta({ ...device, identify: { board: 'bench' }, isConfirmed: true });
    await eventually(async () => (await stateOf('swu-1', action)) === 'finished');
    expect((await said('swu-1', action))[0]).toMatchObject({ type: 'finished' });
    expect(await rest('targets/swu-1')).toMatchObject({ updateStatus: 'in_sync' });
    await after.stop();
  });

  it('reports the failure of a file that somebody else signed, and leaves it', async () => {
    const id = 'swu-2';
    await writeFile(target, 'the old system');
    const stranger = await makeSwuSigner();
    const token = await createDevice(id);
    const action = await assign(id, await makeSwu('strange.swu', 'not ours', target, stranger));
    const device = await startSuricatta({ url: hawkbitUrl, id, token, signer, identify: { board: 'bench' } });
    await eventually(async () => (await said(id, action))[0]?.type === 'error');
    expect((await said(id, action)).flatMap(({ messages }) => messages).join('\n')).toMatch(/[Ss]ignature/);
    expect(await rest(`targets/${id}`)).toMatchObject({ updateStatus: 'error' });
    expect(await readFile(target, 'utf8')).toBe('the old system');
    await device.stop();
  });
});
