import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { cliNow, type CliResult, runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';

interface Step {
  readonly devices: number;
  readonly proven: number;
  readonly installations?: Readonly<Record<string, number>>;
}

/** What the server answers to one look: a release, a status with its code, or a cut connection. */
type Look = object | readonly [status: number, code: string] | 'cut';

let cwd: string;
const servers: http.Server[] = [];

beforeAll(async () => {
  cwd = await temporaryFolder();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const release = (state: string, step: number, steps: readonly Step[], inProgress = 0) => ({
  id: 12,
  compatible: 'my-board',
  channel: 'stable',
  bundle: 'fw.raucb',
  version: '2.0.0',
  released_at: '2026-11-24T04:00:00.000Z',
  rollout: { state, step, steps: steps.length, reason: state === 'paused' ? 'modem lost' : null },
  progress: {
    steps: steps.map((one) => ({ step: '100', installations: {}, ...one })),
    in_progress: inProgress,
    next: 'it waits for devices',
  },
});
const half = release('running', 1, [{ devices: 2, proven: 1 }], 1);
const done = release('running', 1, [{ devices: 2, proven: 2 }]);

/** A real server that plays its looks in their order, the last one again and again. */
async function serve(looks: readonly Look[]): Promise<{ address: string; count: () => number }> {
  let count = 0;
  const server = http.createServer((request, response) => {
    const look = looks[Math.min(count, looks.length - 1)] ?? 'cut';
    count += 1;
    if (look === 'cut') {
      request.socket.destroy();
      return;
    }
    const [status, body] = Array.isArray(look)
      ? [look[0] as number, { code: look[1] as string, title: 'no', detail: 'not now' }]
      : [200, look];
    response
      .writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' })
      .end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}

const waitFor = async (
  looks: readonly Look[],
  ...flags: string[]
): Promise<CliResult & { looked: number }> => {
  const { address, count } = await serve(looks);
  const surroundings = { wait: () => Promise.resolve() };
  const result = await runCommand(['rollout', 'wait', '12', '--server', address, ...flags], {
    cwd,
    surroundings,
  });
  return { ...result, looked: count() };
};

describe('rollout wait', () => {
  it('ends with 0 when every device is proven, and says how far it was on standard error', async () => {
    const { code, stdout, stderr } = await waitFor([half, half, done]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'reached\n' });
    expect(stderr.match(/proven on 1 of 2/g)).toHaveLength(1);
    expect(stderr).toContain('proven on 2 of 2 devices');
  });

  it('goes on after the server was away, behind a proxy or not', async () => {
    const looks = [half, 'cut', 'cut', [503, 'unavailable'], done] as const;
    const { code, stdout, looked } = await waitFor(looks, '--json');
    expect({ code, looked }).toEqual({ code: 0, looked: 5 });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'reached', until: 'complete', release: { id: 12 } });
  });

  it('takes "proven" for the steps reached so far, and "complete" for all', async () => {
    const first = release('running', 1, [
      { devices: 1, proven: 1 },
      { devices: 3, proven: 0 },
    ]);
    expect(await waitFor([first], '--until', 'proven')).toMatchObject({ code: 0, looked: 1 });
    expect(await waitFor([first], '--timeout', '1')).toMatchObject({ code: 3, stdout: 'timed-out\n' });
  });

  it.each([
    ['is paused', release('paused', 1, [{ devices: 2, proven: 1 }])],
    ['is aborted', release('aborted', 1, [{ devices: 2, proven: 1 }])],
    [
      'failed on a device, and no other is left',
      release('running', 1, [{ devices: 2, proven: 1, installations: { 'rolled-back': 1 } }]),
    ],
  ])('ends with 1 when it %s', async (_what, look) => {
    expect(await waitFor([half, look])).toMatchObject({ code: 1, stdout: 'failed\n', looked: 2 });
  });

  it('waits on after a failure while another device installs', async () => {
    const going = release('running', 1, [{ devices: 3, proven: 1, installations: { failed: 1 } }], 1);
    expect(await waitFor([going, release('running', 1, [{ devices: 3, proven: 3 }])])).toMatchObject({
      code: 0,
    });
  });

  it('ends with 1 when another release replaced it', async () => {
    const { code, stdout, stderr } = await waitFor([half, [404, 'not-found']]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'replaced\n' });
    expect(stderr).toContain('no longer current');
  });

  it('does not take a release that reaches nobody for proven', async () => {
    const nobody = release('running', 1, [{ devices: 0, proven: 0 }]);
    expect(await waitFor([nobody], '--timeout', '1')).toMatchObject({ code: 3 });
  });

  it('ends with 3 after its time, also where the clock is set back or far ahead', async () => {
    const { address, count } = await serve([half]);
    let now = cliNow.getTime();
    const jumps = [-3_600_000, 86_400_000];
    const surroundings = {
      wait: () => {
        now += jumps.shift() ?? 5_000;
        return Promise.resolve();
      },
      now: () => new Date(now),
    };
    const args = ['rollout', 'wait', '12', '--timeout', '1', '--server', address];
    expect(await runCommand(args, { cwd, surroundings })).toMatchObject({ code: 3 });
    // One jump counts as the longest look (25 s), the others as 5 s each.
    expect(count()).toBe(9);
  });

  it('fails at once where there is no server or no such release at the start', async () => {
    expect(await waitFor(['cut'])).toMatchObject({ code: 1, looked: 1 });
    expect(await waitFor([[404, 'not-found']])).toMatchObject({ code: 1, stdout: '', looked: 1 });
  });

  it.each([
    ['--until', 'done'],
    ['--timeout', '0'],
    ['--timeout', '1.5'],
  ])('refuses %s %s before it asks the server', async (...flags) => {
    expect(await waitFor([half], ...flags)).toMatchObject({ code: 2, looked: 0 });
  });
});
