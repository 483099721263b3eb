import { makeBundle } from '../../support/bundle-factory';
import { protocols } from '../../support/device-client';
import { person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';

const bodyOf = (text: Buffer) => JSON.parse(text.toString()) as Record<string, unknown>;

describe.each(protocols)('an installation right after a poll over %s', (protocol) => {
  let fleet: ReleasedFleet;
  beforeEach(async () => {
    fleet = await startReleasedFleet();
  });
  afterEach(() => fleet.close());

  it('gets the bundle of the poll, also when another was released in between', async () => {
    const { rauc } = await fleet.connect('dev-1', protocol);
    const polled = await rauc.poll();
    await fleet.release('3.0.0');
    fleet.wait(59);
    const opened = await rauc.open('t-1');
    expect(opened).toEqual(polled);
    expect(await fleet.latest('dev-1')).toMatchObject({
      bundleName: 'v2.0.0.raucb',
      state: 'downloading',
      transactionId: 't-1',
      attempts: 1,
      polls: 1,
    });
    expect(await fleet.journal('dev-1')).toEqual([
      'device.registered',
      'installation.offered',
      'installation.downloading',
    ]);
  });

  it('gets it as well when RAUC does not say that it installs', async () => {
    const { rauc } = await fleet.connect('dev-1', protocol);
    const polled = await rauc.poll();
    await fleet.release('3.0.0');
    fleet.wait(1);
    expect(await rauc.open()).toEqual(polled);
    expect(await fleet.latest('dev-1')).toMatchObject({ bundleName: 'v2.0.0.raucb', polls: 1 });
  });

  it('gets it from a server that was started again meanwhile', async () => {
    const { rauc } = await fleet.connect('dev-1', protocol);
    const polled = await rauc.poll();
    await fleet.release('3.0.0');
    const { dataDir, certsDir } = fleet;
    await fleet.close();
    const again = await startReleasedFleet({ dataDir, certsDir, released: null });
    const { rauc: later } = await again.connect('dev-1', protocol);
    expect(await later.open('t-1')).toEqual(polled);
    await again.close();
  });
});

describe('an installation right after a poll', () => {
  let fleet: ReleasedFleet;
  beforeEach(async () => {
    fleet = await startReleasedFleet();
  });
  afterEach(() => fleet.close());

  it.each<[string, () => Promise<unknown>]>([
    ['paused', () => fleet.services.manageRollouts.pause(fleet.releaseId(), 'wait', person)],
    ['aborted', () => fleet.services.manageRollouts.abort(fleet.releaseId(), 'bad', person)],
    [
      'withdrawn',
      () => fleet.services.activateRelease.deactivate({ compatible: 'test-board', actor: 'local' }),
    ],
  ])('goes on when the rollout was %s in between, and the next poll gets nothing', async (_, decide) => {
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    const polled = await rauc.poll();
    await decide();
    expect(await rauc.open('t-1')).toEqual(polled);
    expect((await rauc.poll()).statuses).toEqual([204]);
    expect(await rauc.open('t-1')).toEqual(polled); // what has begun may go on
  });

  it('gets nothing when a person holds the device meanwhile', async () => {
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    await rauc.poll();
    await fleet.services.manageDevices.hold('dev-1', 'on a desk', person);
    expect(await rauc.open('t-1')).toMatchObject({ statuses: [204], reason: 'held' });
  });

  it('is led to the bytes whatever it has seen of them', async () => {
    const { rauc, client } = await fleet.connect('dev-1', 'HTTP/2');
    const { etag = '', pinned = '' } = await rauc.poll();
    const headers = { 'RAUC-Transaction-ID': 't-1', 'If-None-Match': etag, Range: 'bytes=0-3' };
    expect((await client.request('/api/v1/update.raucb', headers)).status).toBe(307);
    expect((await client.request(pinned, headers)).status).toBe(206);
  });

  it('gets what is current when the offer has ended', async () => {
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    await rauc.poll();
    const { sha256 } = await fleet.release('3.0.0');
    fleet.wait(2 * 3600);
    expect(await rauc.open('t-1')).toMatchObject({ etag: `"${sha256}"` });
  });

  it('gets the newest when it polls again: its condition tells that it does not install', async () => {
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    await rauc.poll();
    const { sha256 } = await fleet.release('3.0.0');
    expect(await rauc.poll()).toMatchObject({ statuses: [307, 206], etag: `"${sha256}"` });
  });

  it('without a name holds a new release back for a minute, and no longer however often it asks', async () => {
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    const { etag: old } = await rauc.poll();
    const { sha256 } = await fleet.release('3.0.0');
    for (const seconds of [20, 20, 15]) {
      fleet.wait(seconds);
      expect((await rauc.open()).etag).toBe(old);
    }
    fleet.wait(20);
    expect((await rauc.open()).etag).toBe(`"${sha256}"`);
  });

  it('gets the newest that it can stream when it was told of another in the other protocol', async () => {
    const { rauc, client } = await fleet.connect('dev-1', 'HTTP/2');
    await fleet.release('3.0.0', { format: 'plain' });
    const manifest = await client.request('/api/v1/manifest.json?compatible=test-board');
    expect(bodyOf(manifest.body)).toMatchObject({ format: 'plain' });
    const { sha256 } = await fleet.release('4.0.0');
    expect(await rauc.open()).toMatchObject({ etag: `"${sha256}"` });
    expect(await rauc.open('t-1')).toMatchObject({ etag: `"${sha256}"` });
  });

  it('is not ended by a script that asks for what is current for others', async () => {
    const other = await startReleasedFleet({ compatible: 'other-board' });
    const { path } = await makeBundle({ compatible: 'other-board', version: '5.0.0' });
    await other.publish(path, { name: 'other.raucb', activate: true });
    const { rauc, client } = await other.connect('dev-1', 'HTTP/2');
    await rauc.poll();
    await rauc.open('t-1');
    const answer = await client.request('/api/v1/manifest.json');
    expect(bodyOf(answer.body)).toMatchObject({ compatible: 'other-board', filename: 'other.raucb' });
    expect(await other.latest('dev-1')).toMatchObject({ state: 'downloading', transactionId: 't-1' });
    await other.close();
  });

  it('reads the same bytes to its end, although another bundle is released in the middle', async () => {
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    await rauc.poll();
    const opened = await rauc.open('t-1');
    const whole = await rauc.readPayload(opened);
    let released = false;
    const again = await rauc.readPayload(opened, async () => {
      if (!released) await fleet.release('3.0.0');
      released = true;
    });
    expect(released).toBe(true);
    expect(again).toBe(whole);
  });
});

describe('attempts of a poller', () => {
  let fleet: ReleasedFleet;
  beforeEach(async () => {
    fleet = await startReleasedFleet();
  });
  afterEach(() => fleet.close());

  it('may be six in five seconds: none is locked out, and all are one poll', async () => {
    const { client, rauc } = await fleet.connect('dev-1', 'HTTP/1.1');
    for (let attempt = 0; attempt < 6; attempt += 1) {
      expect((await client.request('/api/v1/update.raucb', { 'RAUC-Compatible': 'test-board' })).status).toBe(
        307,
      );
      fleet.wait(1);
    }
    expect(await fleet.latest('dev-1')).toMatchObject({ polls: 1, attempts: 0, state: 'offered' });
    expect(await fleet.journal('dev-1')).toEqual(['device.registered', 'installation.offered']);
    fleet.wait(30);
    await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({ polls: 2 });
    expect((await fleet.services.manageDevices.get('dev-1')).installations).toHaveLength(1);
  });

  it('with one transaction id are one attempt, with another a new one', async () => {
    const { rauc } = await fleet.connect('dev-1', 'HTTP/2');
    await rauc.poll();
    for (let attempt = 0; attempt < 6; attempt += 1) await rauc.open('t-1');
    expect(await fleet.latest('dev-1')).toMatchObject({ attempts: 1, transactionId: 't-1' });
    await rauc.open('t-2');
    expect(await fleet.latest('dev-1')).toMatchObject({ attempts: 2, transactionId: 't-2' });
    expect((await fleet.services.manageDevices.get('dev-1')).installations).toHaveLength(1);
  });

  it('over two connections at once make one installation', async () => {
    const one = await fleet.connect('dev-1', 'HTTP/2');
    const two = await fleet.connect('dev-1', 'HTTP/1.1');
    await Promise.all([one.rauc.poll(), two.rauc.poll(), one.rauc.open('t-1'), two.rauc.open('t-1')]);
    expect((await fleet.services.manageDevices.get('dev-1')).installations).toHaveLength(1);
    expect(await fleet.latest('dev-1')).toMatchObject({
      state: 'downloading',
      attempts: 1,
      transactionId: 't-1',
    });
  });
});
