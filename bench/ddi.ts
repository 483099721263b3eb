/**
 * What a poll of hawkBit's device protocol costs, compared with a poll of the manifest: CPU time of the built server for the same devices
 * on the same kept connections, alternating.
 *
 *   npm run bench:ddi [-- ROUNDS]
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { stopPrograms } from './compare/program';
import { prepareRig, type Rig } from './compare/rig';
import { smokeScale } from './compare/scale';
import { prepareOurs, startOurs } from './compare/servers/ours';
import { manifestPath } from './compare/servers/server';
import { pairedRatios, type Spread, spreadOf } from './compare/statistics';
import { cpuSeconds } from './process-figures';

const rounds = Number(process.argv[2] ?? 5);
const devices = 100;
/** Polls of each kind and device in a round. */
const polls = Math.floor(120 / rounds);
const goal = 1.3;
const node = { program: process.execPath, version: process.version };

interface Poller {
  readonly id: string;
  ask(target: string, body?: object): Promise<string>;
}

function pollerOf({ certificates }: Rig, url: string, index: number): Poller {
  const files = certificates.devices[index];
  if (files === undefined) throw new Error(`device ${index} has no certificate`);
  const tls = {
    ca: readFileSync(certificates.ca),
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
  };
  // Each from its own address, as in real life.
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1, localAddress: `127.0.1.${index + 1}` });
  return {
    id: path.basename(files.cert, '.crt'),
    ask: (target, body) =>
      new Promise((resolve, reject) => {
        const method = body === undefined ? 'GET' : 'PUT';
        const asked = request(url + target, { agent, method }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
          response.on('end', () =>
            response.statusCode === 200
              ? resolve(text)
              : reject(new Error(`${target}: HTTP ${response.statusCode}: ${text}`)),
          );
        });
        asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}

const kinds = {
  manifest: { target: () => manifestPath, says: '"bundle_url"' },
  ddi: { target: controllerOf, says: '"deploymentBase"' },
} as const;

function controllerOf({ id }: Poller): string {
  return `/DEFAULT/controller/v1/${id}`;
}

/** CPU time of the server for one poll, in microseconds. */
async function cpuOfPoll(pid: number, pollers: readonly Poller[], kind: keyof typeof kinds): Promise<number> {
  const { target, says } = kinds[kind];
  const before = cpuSeconds([pid]);
  await Promise.all(
    pollers.map(async (poller) => {
      for (let poll = 0; poll < polls; poll += 1) {
        const answer = await poller.ask(target(poller));
        if (!answer.includes(says)) throw new Error(`a ${kind} poll got: ${answer}`);
      }
    }),
  );
  return ((cpuSeconds([pid]) - before) / (pollers.length * polls)) * 1e6;
}

async function main(): Promise<void> {
  const rig = await prepareRig(smokeScale, devices);
  await prepareOurs(rig, node);
  const server = await startOurs(rig, { node, dataDir: rig.dataDir, core: rig.cores.server });
  const [pid = 0] = server.pids;
  const pollers = rig.certificates.devices.map((_, index) => pollerOf(rig, server.url('HTTP/1.1'), index));
  for (const poller of pollers) {
    const data = { compatible: 'test-board', system_version: '0.9.0', boot_id: 'boot-1' };
    await poller.ask(`${controllerOf(poller)}/configData`, { data });
    for (const { target } of Object.values(kinds)) await poller.ask(target(poller));
  }
  const taken = { manifest: [] as number[], ddi: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    taken.manifest.push(await cpuOfPoll(pid, pollers, 'manifest'));
    taken.ddi.push(await cpuOfPoll(pid, pollers, 'ddi'));
  }
  const ratio = spreadOf(pairedRatios(taken.ddi, taken.manifest));
  console.log(`manifest poll: ${shown(spreadOf(taken.manifest), 0)} µs`);
  console.log(`DDI poll: ${shown(spreadOf(taken.ddi), 0)} µs`);
  console.log(`ratio: ${shown(ratio, 2)}; goal: ${goal} at most`);
  await server.stop();
}

function shown({ min, median, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => void stopPrograms().then(() => process.exit()));
