import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bundleSigner, type SignerKind } from '../../../support/test-pki';
import { makeBundle } from '../../../support/bundle-factory';
import { readJournal } from '../../../support/journal';
import { raucPorts, withoutKeyring } from '../../../support/rauc-ports';
import { type OpenedServices, openServices, type OpenServicesOptions } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';
import { said } from '../../../support/said';

const person = { name: 'token:ci', address: null };
let at: Date;
const now = () => at;
let opened: OpenedServices;

beforeEach(() => {
  at = new Date('2026-06-02T12:00:00Z');
});
afterEach(() => opened.close());

const keyringOf = async (kind: SignerKind) => (await bundleSigner(kind)).caPath;

async function open(options: OpenServicesOptions = {}): Promise<void> {
  opened = await openServices({ now, ...options });
}

/** As the next start of the server finds it, under another keyring or profile. */
async function restart(options: OpenServicesOptions = {}): Promise<void> {
  await opened.close();
  await open({ dataDir: opened.dataDir, ...options });
}

/** `v1.raucb`, signed by `ec`, is current for `test-board`. */
async function release(options: Parameters<typeof makeBundle>[0] = {}, activate = true): Promise<void> {
  await opened.publish((await makeBundle(options)).path, { name: 'v1.raucb', activate });
}

const rollout = () => opened.services.manageRollouts.list()[0]?.rollout;
const verdict = (name = 'v1.raucb') => opened.services.listBundles.get(name).bundle.inspection.verdict;
const board = () => new SimulatedDevice(opened.services, 'board-1', { now });
const journal = async (kind: string) =>
  (await readJournal(opened.dataDir)).filter((line) => line.kind === kind);

describe('when the keyring has changed', () => {
  beforeEach(async () => {
    await open({ keyringPath: await keyringOf('ec') });
    await release();
    await board().poll();
    expect(await board().offered()).toBe('v1.raucb');
  });

  it('pauses a release whose bundle is no longer trusted, before anybody can ask', async () => {
    await restart({ keyringPath: await keyringOf('rsa') });
    expect(rollout()).toMatchObject({
      state: 'paused',
      changedBy: 'server',
      reason: said(/^the bundle is no longer trusted: .*keyring$/),
    });
    expect(await board().offered()).toBe('bundle-untrusted');
    expect(await journal('rollout.paused')).toMatchObject([{ actor: 'server' }]);
    expect(await journal('bundle.judged')).toMatchObject([
      { actor: 'server', before: { verdict: 'trusted' }, after: { verdict: 'untrusted' } },
    ]);
  });

  it('neither resumes, releases nor pins what is no longer trusted', async () => {
    await restart({ keyringPath: await keyringOf('rsa') });
    const { manageRollouts, activateRelease, manageDevices } = opened.services;
    const id = manageRollouts.list()[0]?.id ?? 0;
    const refused = { code: 'bundle-untrusted' };
    await expect(manageRollouts.resume(id, person)).rejects.toMatchObject(refused);
    const input = { name: 'v1.raucb', channel: 'beta', actor: 'local' };
    await expect(activateRelease.activate(input)).rejects.toMatchObject(refused);
    await expect(manageDevices.pin('board-1', 'v1.raucb', person)).rejects.toMatchObject(refused);
  });

  it('does not offer a pinned bundle that is no longer trusted, and offers it again when it is', async () => {
    await opened.services.manageDevices.pin('board-1', 'v1.raucb', person);
    await restart({ keyringPath: await keyringOf('rsa') });
    expect(await board().offered()).toBe('bundle-untrusted');
    await restart({ keyringPath: await keyringOf('ec') });
    expect(await board().offered()).toBe('v1.raucb');
  });

  it('lets a person resume what is trusted again', async () => {
    await restart({ keyringPath: await keyringOf('rsa') });
    await restart({ keyringPath: await keyringOf('ec') });
    expect(verdict()).toBe('trusted');
    const { manageRollouts } = opened.services;
    await manageRollouts.resume(manageRollouts.list()[0]?.id ?? 0, person);
    expect(await board().offered()).toBe('v1.raucb');
  });

  it('goes on as before when the new keyring has the old root too', async () => {
    const both = await Promise.all(['rsa' as const, 'ec' as const].map((kind) => keyringOf(kind)));
    const anchorsPem = (await Promise.all(both.map((file) => readFile(file, 'utf8')))).join('');
    await restart({ profile: { anchorsPem } });
    expect(rollout()).toMatchObject({ state: 'running' });
    expect(await board().offered()).toBe('v1.raucb');
    expect(await journal('bundle.judged')).toEqual([]);
  });

  it('follows the rest of the profile too', async () => {
    await restart({ keyringPath: await keyringOf('ec'), profile: { allowedSignerCns: ['Somebody Else'] } });
    expect(await board().offered()).toBe('bundle-untrusted');
    await restart({ keyringPath: await keyringOf('ec'), profile: { purpose: 'codesign' } });
    expect(await board().offered()).toBe('bundle-untrusted');
  });

  it('offers it with ALLOW_UNTRUSTED, as an upload would be taken', async () => {
    await restart({ keyringPath: await keyringOf('rsa'), allowUntrusted: true });
    expect(rollout()).toMatchObject({ state: 'running' });
    expect(await board().offered()).toBe('v1.raucb');
    expect(verdict()).toBe('untrusted');
    await restart({ keyringPath: await keyringOf('rsa') });
    expect(rollout()).toMatchObject({ state: 'paused' });
  });

  it('offers it when the keyring is taken away: then nothing is untrusted', async () => {
    await restart({ keyringPath: await keyringOf('rsa') });
    await restart();
    await opened.services.judgeBundles.run();
    expect(verdict()).toBe('unchecked');
    const { manageRollouts } = opened.services;
    await manageRollouts.resume(manageRollouts.list()[0]?.id ?? 0, person);
    expect(await board().offered()).toBe('v1.raucb');
  });
});

describe('a stored bundle', () => {
  it('that becomes trusted can be used', async () => {
    await open({ keyringPath: await keyringOf('rsa'), allowUntrusted: true });
    await release({}, false);
    await restart({ keyringPath: await keyringOf('ec') });
    await opened.services.judgeBundles.run();
    expect(verdict()).toBe('trusted');
    await opened.services.activateRelease.activate({ name: 'v1.raucb', actor: 'local' });
    expect(await board().offered()).toBe('v1.raucb');
  });

  it.each(['plain', 'verity'] as const)('of format %s is judged without its payload', async (format) => {
    await open();
    await release({ format });
    const before = opened.services.listBundles.get('v1.raucb').bundle;
    await opened.close();
    const positions: number[] = [];
    await open({
      dataDir: opened.dataDir,
      keyringPath: await keyringOf('ec'),
      change: ({ judge }) => ({
        judge: (bytes) =>
          judge({
            sizeBytes: bytes.sizeBytes,
            descriptor: bytes.descriptor,
            read(position, length) {
              positions.push(position);
              return bytes.read(position, length);
            },
          }),
      }),
    });
    const { inspection } = opened.services.listBundles.get('v1.raucb').bundle;
    expect(positions).toHaveLength(2);
    expect(Math.min(...positions)).toBe(before.inspection.payloadSizeBytes);
    expect(inspection).toMatchObject({ verdict: 'trusted', manifest: before.inspection.manifest });
    expect(inspection.warnings).toEqual(before.inspection.warnings);
  });

  it('of an earlier version, which noted no keyring, is judged too', async () => {
    await open({ keyringPath: await keyringOf('ec') });
    await release();
    const { bundle } = opened.services.listBundles.get('v1.raucb');
    await opened.store.catalog.commit({
      bundle: { ...bundle, inspection: { ...bundle.inspection, judgedUnder: null } },
      committed: () => undefined,
    });
    await restart({ keyringPath: await keyringOf('ec') });
    expect(opened.services.listBundles.get('v1.raucb').bundle).toEqual(bundle);
    expect(await board().offered()).toBe('v1.raucb');
  });

  it('is not offered, released or pinned before it is judged, and its rollout is left alone', async () => {
    await open({ keyringPath: await keyringOf('ec') });
    await release();
    await restart({
      keyringPath: await keyringOf('rsa'),
      change: () => ({ judge: () => Promise.reject(new Error('EIO')) }),
    });
    await opened.services.runHousekeeping();
    expect(await board().offered()).toBe('bundle-untrusted');
    expect(rollout()).toMatchObject({ state: 'running' });
    const input = { name: 'v1.raucb', actor: 'local', channel: 'beta' };
    await expect(opened.services.activateRelease.activate(input)).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(opened.log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('is judged in the background when nothing depends on it, and goes on after a stop in the middle', async () => {
    await open({ keyringPath: await keyringOf('ec') });
    const seeds = ['a', 'b', 'c'];
    for (const seed of seeds)
      await opened.publish((await makeBundle({ seed })).path, { name: `${seed}.raucb` });
    const files = [await keyringOf('rsa'), await keyringOf('ec')];
    const anchorsPem = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('');
    const judgedUnder = () =>
      new Set(opened.services.listBundles.list().map(({ bundle }) => bundle.inspection.judgedUnder)).size;
    let judged = 0;
    await restart({
      profile: { anchorsPem },
      change: ({ judge }) => ({
        judge: (bytes) => {
          judged += 1;
          return judged === 2 ? Promise.reject(new Error('killed here')) : judge(bytes);
        },
      }),
    });
    expect(judged).toBe(0);
    await opened.services.judgeBundles.run();
    expect([judged, judgedUnder()]).toEqual([3, 2]);
    judged = 0;
    await restart({
      profile: { anchorsPem },
      change: ({ judge }) => ({
        judge: (bytes) => {
          judged += 1;
          return judge(bytes);
        },
      }),
    });
    await opened.services.judgeBundles.run();
    expect([judged, judgedUnder()]).toEqual([1, 1]);
  });

  it('that was deleted while it was judged does not come back', async () => {
    await open({ keyringPath: await keyringOf('ec') });
    await release({}, false);
    const anchorsPem = await readFile(await keyringOf('rsa'), 'utf8');
    const { judge } = raucPorts({ ...withoutKeyring, anchorsPem }, now);
    await restart({
      keyringPath: await keyringOf('rsa'),
      change: () => ({
        async judge(bytes) {
          const judgement = await judge(bytes);
          await opened.services.deleteBundle.delete({ name: 'v1.raucb', actor: 'local' });
          return judgement;
        },
      }),
    });
    await opened.services.judgeBundles.run();
    await restart({ keyringPath: await keyringOf('rsa') });
    expect(opened.services.listBundles.list()).toEqual([]);
  });
});

describe('a signer that expires at the end of 2026', () => {
  const day = (text: string) => {
    at = new Date(`${text}T12:00:00Z`);
  };

  beforeEach(async () => {
    await open({ keyringPath: await keyringOf('expires-soon') });
    await release({ signer: await bundleSigner('expires-soon') });
    await board().poll();
  });

  it('pauses the release when it has expired, without a restart', async () => {
    day('2026-12-31');
    await runHousekeeping();
    expect(await board().offered()).toBe('v1.raucb');
    day('2027-01-02');
    await runHousekeeping();
    expect(rollout()).toMatchObject({
      state: 'paused',
      reason: said(/expired at 2027-01-01/),
    });
    expect(await board().offered()).toBe('bundle-untrusted');
  });

  it('pauses nothing on devices that take the time of signing', async () => {
    await restart({
      keyringPath: await keyringOf('expires-soon'),
      profile: { timeSource: 'signing-time' },
    });
    day('2027-01-02');
    await runHousekeeping();
    expect(rollout()).toMatchObject({ state: 'running' });
    expect(opened.services.bundleTrust.endsAt(opened.services.listBundles.get('v1.raucb').bundle)).toBeNull();
  });

  it('is not distrusted by a clock that was set back before the upload', async () => {
    day('1971-01-01');
    await runHousekeeping();
    await restart({ keyringPath: await keyringOf('expires-soon') });
    await runHousekeeping();
    expect(rollout()).toMatchObject({ state: 'running' });
    expect(verdict()).toBe('trusted');
  });

  it('is looked at again when a wrong clock has come right', async () => {
    day('2027-02-01');
    await runHousekeeping();
    expect(verdict()).toBe('untrusted');
    day('2026-07-01');
    await runHousekeeping();
    expect(verdict()).toBe('trusted');
    expect(rollout()).toMatchObject({ state: 'paused' }); // a person resumes it
  });

  async function runHousekeeping(): Promise<void> {
    await opened.services.judgeBundles.run();
    await opened.services.runHousekeeping();
  }
});

it('judges nothing again when nothing changed', async () => {
  const keyringPath = await keyringOf('ec');
  await open({ keyringPath });
  await release();
  const judge = jest.fn(() => Promise.reject(new Error(randomBytes(4).toString('hex'))));
  await restart({ keyringPath, change: () => ({ judge }) });
  at = new Date(at.getTime() + 30 * 86_400_000);
  await opened.services.judgeBundles.run();
  expect(judge).not.toHaveBeenCalled();
});
