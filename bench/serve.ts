/**
 * The device listener in a separate process. Prints its port; ends when its standard input does.
 *
 *   node -r ./tests/support/typescript-hook.js bench/serve.ts FOLDER
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import path from 'node:path';
import type { Inspection } from '../src/core/inspection';
import { startDeviceServer } from '../src/http/device/server';
import { createDescribeRefused } from '../src/pki/describe-refused';
import { createJudgeDevice } from '../src/pki/judge-device';
import { rememberVerdicts } from '../src/pki/remembered-verdicts';
import { certificateInSession } from '../src/pki/session-certificate';
import { coversHost } from '../src/pki/server-names';
import { BundleWorker } from '../src/rauc/bundle-worker';
import type { InspectBundle } from '../src/ports/bundle-inspection';
import { openTokenKey } from '../src/pki/token-key';
import { createServices, type Services } from '../src/services/services';
import { openStore } from '../src/store/store';
import { raucPorts, withoutKeyring } from '../tests/support/rauc-ports';

const [folder = ''] = process.argv.slice(2);
const bundlePath = path.join(folder, 'bundle.raucb');
const pem = (name: string) => readFileSync(path.join(folder, 'certs', name), 'utf8');
const tls = { cert: pem('server.crt'), key: pem('server.key'), ca: pem('ca.crt') };

async function serveDevice(): Promise<number> {
  const ignore = () => undefined;
  const rauc = raucPorts(withoutKeyring, () => new Date());
  let inspect: InspectBundle = ({ sizeBytes }) => Promise.resolve(inspectionOf(sizeBytes));
  let { judge } = rauc;
  const store = await openStore(path.join(folder, 'data'), {
    newName: randomUUID,
    pid: process.pid,
    diskThread: {},
    uploadThreads: {},
  });
  const services = await createServices({
    store,
    ...rauc,
    inspect: (bytes) => inspect(bytes),
    judge: (bytes) => judge(bytes),
    allowUntrusted: false,
    fleetRules: {
      newDevices: 'admitted',
      maxTries: 1,
      maxInterruptions: 5,
      failAfterPolls: 0,
      offerLifetimeMs: 3_600_000,
      lostAfterMs: 86_400_000,
      rollbackWindowMs: 86_400_000,
      eventRetentionMs: 86_400_000,
      secondBoards: 'answer',
    },
    deliver: () => Promise.resolve(null),
    configuredCompatible: 'test-board',
    baseUrl: () => 'https://localhost:8443',
    log: { info: ignore, warn: ignore, error: console.error },
    now: () => new Date(),
    randomBytes,
    sealing: openTokenKey(path.join(folder, 'certs')),
  });
  const staged = await services.publishBundle.stage(createReadStream(bundlePath), { limitBytes: Infinity });
  const release = { name: path.basename(bundlePath), activate: true, actor: 'bench' };
  await services.publishBundle.publish(staged, release);
  const worker = await takeUploads(services);
  if (worker !== undefined) {
    inspect = (bytes) => worker.inspect(bytes, new Date());
    judge = (bytes) => worker.judge(bytes, new Date());
  }
  setInterval(() => void services.runHousekeeping(), 1_000).unref();
  const server = await startDeviceServer({
    host: '127.0.0.1',
    port: 0,
    tls,
    services,
    baseUrl: null,
    certificateNames: () => ['localhost'],
    coversHost: (host) => coversHost(['localhost'], host),
    certificateInSession,
    identify: rememberVerdicts(createJudgeDevice({ ca: tls.ca, takenOver: [] }, 'accept')),
    describeRefused: createDescribeRefused(tls.ca),
    isRevoked: () => false,
    now: () => new Date(),
    log: { debug: ignore, info: ignore, warn: ignore, error: console.error },
    version: 'bench',
  });
  return server.address.port;
}

/**
 * Accepts bundles like uploads, on a socket in the folder; with a keyring, they are checked as the server checks them.
 */
async function takeUploads(services: Pick<Services, 'publishBundle'>): Promise<BundleWorker | undefined> {
  const keyring = path.join(folder, 'keyring.pem');
  if (!existsSync(keyring)) return undefined;
  const server = createPlainServer((request, response) => {
    const publish = async () => {
      const staged = await services.publishBundle.stage(request, { limitBytes: Infinity });
      await services.publishBundle.publish(staged, { name: 'upload.raucb', actor: 'bench' });
    };
    void publish().then(
      () => response.end(),
      () => response.writeHead(422).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(path.join(folder, 'uploads'), resolve));
  const execArgv = ['-r', path.join(__dirname, '../tests/support/typescript-hook.js')];
  const profile = { ...withoutKeyring, anchorsPem: readFileSync(keyring, 'utf8') };
  return new BundleWorker({ profile, execArgv });
}

/** The bundle is noise: only the speed of sending it counts here. */
function inspectionOf(sizeBytes: number): Inspection {
  return {
    verdict: 'unchecked',
    reasons: [],
    warnings: [],
    hints: [],
    format: 'verity',
    encrypted: true,
    sizeBytes,
    payloadSizeBytes: null,
    signatureSizeBytes: null,
    manifestHash: null,
    manifest: {
      compatible: 'test-board',
      version: '2.0.0',
      description: null,
      build: null,
      minRaucVersion: null,
      format: 'verity',
      verityHash: null,
      veritySalt: null,
      veritySizeBytes: null,
      hooks: { filename: null, hooks: [] },
      handler: null,
      images: [],
      meta: {},
    },
    signerChain: [],
    judgedUnder: null,
    recipients: [],
  };
}

void serveDevice().then((port) => console.log(port));
process.stdin.resume().once('end', () => process.exit(0));
