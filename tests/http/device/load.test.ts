import { type MadeBundle, makeBundle } from '../../support/bundle-factory';
import { connectDevice } from '../../support/device-client';
import { type ClientFiles, type DeviceListener, startDeviceListener } from '../../support/device-listener';
import { rangeLoad } from '../../support/range-load';

describe('many ranges, asked for by libcurl as RAUC does', () => {
  let listener: DeviceListener;
  let files: ClientFiles;
  let bundle: MadeBundle;
  const load = (requests: number, parallel: number, rangeBytes: number, isHttp1 = false) =>
    rangeLoad({
      url: `${listener.url}/bundles/bundle.raucb`,
      copy: bundle.path,
      files,
      requests,
      parallel,
      rangeBytes,
      isHttp1,
    });
  const allRight = { errors: 0, wrong: 0, firstError: '' };

  beforeAll(async () => {
    bundle = await makeBundle({ imageSizeBytes: 4 << 20 });
    listener = await startDeviceListener();
    await listener.publish(bundle.path);
    files = await listener.device('board-1');
  });

  it('serves 20,000 ranges on one HTTP/2 connection', async () => {
    const result = await load(20_000, 32, 16 << 10);
    expect(result).toMatchObject({ ...allRight, requests: 20_000, connections: 1 });
  });

  it('serves 1,500 ranges that do not fit in one piece on one HTTP/2 connection', async () => {
    const result = await load(1_500, 16, (256 << 10) + 4096);
    expect(result).toMatchObject({ ...allRight, requests: 1_500, connections: 1 });
  });

  it('serves 128 streams of 128 KiB at once on one HTTP/2 connection', async () => {
    // libcurl itself stops at 100 streams a connection; Node's client does not.
    const client = await connectDevice(listener.url, files, 'HTTP/2');
    const ranges = Array.from({ length: 128 }, (_, i) => `bytes=${i * 4096}-${i * 4096 + (128 << 10) - 1}`);
    const answers = await Promise.all(
      ranges.map((range) => client.request('/bundles/bundle.raucb', { range })),
    );
    expect(answers.filter(({ status, body }) => status === 206 && body.length === 128 << 10)).toHaveLength(
      128,
    );
  });

  it('serves 128 HTTP/1.1 connections of one device at once', async () => {
    const result = await load(1_000, 128, 64 << 10, true);
    expect(result).toMatchObject({ ...allRight, requests: 1_000, connections: 128 });
  });

  it('writes one line in the log for all of them', () => {
    const downloads = listener.lines.filter(({ message }) => message === 'download begins');
    expect(downloads).toHaveLength(1);
    expect(downloads[0]?.facts).toMatchObject({ device: 'board-1', bundle: 'bundle.raucb' });
    expect(listener.lines.filter(({ level }) => level === 'error')).toHaveLength(0);
  });

  it('counts what it did', () => {
    const { requests, bundleRequests, bundleBytes, refusedConnections, overBudget } =
      listener.server.counts();
    expect(requests).toBe(20_000 + 1_500 + 128 + 1_000);
    expect(bundleRequests).toBe(requests);
    expect(bundleBytes).toBeGreaterThan(20_000 * (16 << 9));
    expect(refusedConnections).toBe(0);
    expect(overBudget.size).toBe(0);
  });
});
