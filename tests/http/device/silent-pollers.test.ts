import type { FleetRules } from '../../../src/services/service-ports';
import { fleetAttention } from '../../support/fleet-attention';
import { raucHeaders, type RaucPoller } from '../../support/rauc-poller';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';
import { explained } from '../../support/device-events';

const maxTries = 3;
const compatible = { 'RAUC-COMPATIBLE': board };

type HeadersOf = (boot: number) => Record<string, string>;
const silent: HeadersOf = () => ({});
const versionAlone: HeadersOf = () => ({ 'RAUC-System-Version': '1.0.0' });
const bootIdAlone: HeadersOf = (boot) => ({ 'RAUC-Boot-ID': `boot-${boot}` });

let fleet: ReleasedFleet;
async function start(rules: Partial<FleetRules> = {}): Promise<void> {
  fleet = await startReleasedFleet({ fleetRules: { maxTries, ...rules } });
}
afterEach(() => fleet.close());

/** Polls, installs what it is offered, and boots into what it ran before. @returns how each poll ended */
async function loop(rauc: RaucPoller, rounds: number, headersOf: HeadersOf = silent): Promise<unknown[]> {
  const ends: unknown[] = [];
  for (let boot = 1; boot <= rounds; boot += 1) {
    rauc.restart({ ...compatible, ...headersOf(boot) });
    const { statuses, reason } = await rauc.poll();
    if (statuses.at(-1) === 206) await rauc.install();
    await fleet.services.runHousekeeping();
    ends.push(reason ?? statuses.at(-1));
    fleet.wait(50);
  }
  return ends;
}

const connect = async (id = 'dev-1') => (await fleet.connect(id, 'HTTP/2', compatible)).rauc;
const offerIn = async (protocol: string) => (await explained(fleet.services, 'dev-1', protocol)).offer;

describe("RAUC's own poller that tells too little, with a bundle that does not boot", () => {
  it.each([
    ['neither version nor boot id', silent],
    ['its version alone', versionAlone],
    ['its boot id alone', bootIdAlone],
  ])('that tells %s gets no more whole downloads than it has tries', async (_, headersOf) => {
    await start();
    const refused = 'downloaded-before';
    expect(await loop(await connect(), 6, headersOf)).toEqual([206, 206, 206, refused, refused, refused]);
    expect(await fleet.latest('dev-1')).toMatchObject({ attempts: maxTries });
    expect(await offerIn('polling')).toMatchObject({ kind: 'nothing', reason: 'downloaded-before' });
    expect((await offerIn('manifest')).kind).toBe('bundle');
  });

  it('has one try where a bundle may be tried once', async () => {
    await start({ maxTries: 1 });
    expect(await loop(await connect(), 3)).toEqual([206, 'downloaded-before', 'downloaded-before']);
  });

  it('goes on counting after a restart of the server', async () => {
    await start();
    await loop(await connect(), 2);
    await fleet.close();
    fleet = await startReleasedFleet({ ...fleet, fleetRules: { maxTries }, released: null });
    expect(await loop(await connect(), 2)).toEqual([206, 'downloaded-before']);
  });

  it('is offered it again when a person clears it, and the next release without that', async () => {
    await start();
    await loop(await connect(), 4);
    await fleet.services.manageDevices.clearFailures('dev-1', person);
    expect(await loop(await connect(), 4)).toEqual([206, 206, 206, 'downloaded-before']);
    await fleet.release('3.0.0', { seed: 'three' });
    fleet.wait(2 * 86_400); // until nobody waits for a reboot into the one before
    expect(await loop(await connect(), 1)).toEqual([206]);
    expect(await fleet.latest('dev-1')).toMatchObject({ bundleName: 'v3.0.0.raucb', attempts: 1 });
  });

  it('is not counted for a download that a bad line cut short', async () => {
    await start();
    await fleet.release('3.0.0', { seed: 'large', imageSizeBytes: 1 << 20 });
    const rauc = await connect();
    for (let boot = 1; boot <= maxTries; boot += 1) {
      rauc.restart();
      await rauc.poll();
      const opened = await rauc.open();
      const cut = new Error('cut');
      const reading = rauc.readPayload(opened, (index) => {
        if (index === 4) throw cut;
      });
      await expect(reading).rejects.toBe(cut);
      await fleet.services.runHousekeeping();
      fleet.wait(600);
    }
    expect((await rauc.poll()).statuses).toEqual([304]);
    expect((await offerIn('polling')).kind).toBe('bundle');
  });
});

describe('what tells enough, or asks elsewhere', () => {
  it('is a poller with version and boot id, which installs as often as it likes', async () => {
    await start();
    const headersOf = () => raucHeaders(board, '1.0.0', 'boot-1');
    expect(await loop(await connect(), 6, headersOf)).toEqual(Array(6).fill(206));
    expect((await offerIn('polling')).kind).toBe('bundle');
    expect(await fleetAttention(fleet, fleet.now)).toEqual([]);
  });

  it('is a script that reads the manifest and downloads without a word', async () => {
    await start();
    const { client } = await fleet.connect('dev-1', 'HTTP/2');
    for (let time = 0; time < 6; time += 1) {
      const answer = await client.request(`/api/v1/manifest.json?compatible=${board}`);
      const { bundle_url: url } = JSON.parse(answer.body.toString()) as { bundle_url: string };
      expect((await client.request(new URL(url).pathname)).status).toBe(200);
      await fleet.services.runHousekeeping();
      fleet.wait(600);
    }
    expect((await fleet.seen('dev-1')).pollerOmits).toBeNull();
    expect(await fleetAttention(fleet, fleet.now)).toEqual([]);
  });
});

describe('people', () => {
  it('are told which pollers tell too little, and what their configuration lacks', async () => {
    await start();
    for (const id of ['dev-1', 'dev-2', 'dev-3', 'dev-4']) await loop(await connect(id), 1);
    await loop(await connect('dev-5'), 1, versionAlone);
    await loop(await connect('dev-6'), 1, () => raucHeaders(board, '1.0.0', 'boot-1'));
    const items = await fleetAttention(fleet, fleet.now);
    expect(items).toMatchObject([
      {
        kind: 'silent-poller',
        count: 1,
        message: expect.stringMatching(/boot id: dev-5\. .*=boot-id$/) as string,
      },
      {
        kind: 'silent-poller',
        count: 4,
        message: expect.stringMatching(
          /^4 devices .* boot id and version: dev-1, dev-2, dev-3 and others\. .*send-headers=boot-id;system-version$/,
        ) as string,
      },
    ]);
  });

  it('are not troubled any more once a poller tells both, or when they clear one that polls no more', async () => {
    await start();
    for (const id of ['dev-1', 'dev-2']) await loop(await connect(id), 1);
    await loop(await connect('dev-1'), 1, () => raucHeaders(board, '1.0.0', 'boot-1'));
    await fleet.services.manageDevices.clearFailures('dev-2', person);
    expect(await fleetAttention(fleet, fleet.now)).toEqual([]);
  });
});
