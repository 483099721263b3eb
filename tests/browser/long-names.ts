import { everyoneAtOnce } from '../../src/core/rollout';
import { parseSteps } from '../../src/core/rollout-policy';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { makeBundle } from '../support/bundle-factory';
import { SimulatedDevice } from '../support/simulated-device';
import { type FleetServer, openFleet } from './devices-fleet';

/** As long as names get, or longer than anybody writes them, and without a place to break a line. */
export const longId = 'gateway0'.repeat(8);
const compatible = `acme${'industrialgateway'.repeat(4)}`;
const version = `2026.11.28-${'4f0c'.repeat(10)}`;
const channel = 'stablewithredundantpower';
const bundle = `${compatible}-${version}.raucb`;
const serial = '7c3e01f9ab'.repeat(4);
const address = '2001:db8:85a3:1319:8a2e:370a:7348:9c4b';
const label = 'site'.padEnd(64, '.warehouse');

const now = () => new Date();

export interface LongFleet extends FleetServer {
  /** The address of each page, and a region that it shows when it has loaded. */
  readonly pages: readonly (readonly [address: string, region: string])[];
}

/** A fleet in which everything has a long name. */
export async function openLongFleet(): Promise<LongFleet> {
  const fleet = await openFleet(0);
  const { admin } = fleet;
  const { services } = admin.opened;
  const post = async (path: string, body: object) => {
    const { status, text } = await admin.http.post(path).send(body);
    if (status >= 300) throw new Error(`${path}: ${text}`);
  };

  await openCertificateFolder(admin.certsDir, { now }).createCa({});
  const made = await makeBundle({ compatible, version });
  await admin.opened.publish(made.path, { name: bundle });
  for (const id of [longId, `${longId.slice(0, -1)}1`]) {
    await post('/api/certificates', { id, days: 10 });
    const facts = { serial, machineId: '7'.repeat(32), attributes: { [label]: label } };
    const settings = {
      compatible,
      version: `${version}-old`,
      certificateSerial: serial,
      address,
      facts,
      now,
    };
    await new SimulatedDevice(services, id, settings).poll();
    await admin.http
      .patch(`/api/devices/${id}`)
      .send({ channel, labels: ['lab', label] })
      .expect(200);
    await post(`/api/devices/${id}/hold`, { reason: label });
    services.refusedCertificates.note({
      ...{ cause: 'expired', reason: 'CERT_HAS_EXPIRED', fingerprint: id, address, addressGroup: address },
      describe: () => ({
        ...{ subject: `CN=${id}`, issuer: `CN=${label}`, serial, deviceId: id, isOurs: true },
      }),
    });
  }
  await post('/api/revocations', { serial, reason: label });
  const { release } = await services.activateRelease.activate({
    ...{ name: bundle, channel, actor: label },
    policy: { ...everyoneAtOnce, steps: parseSteps(`group:${label},50,100`) },
  });
  await post('/api/tokens', { name: label, scope: 'admin' });
  await post('/api/webhooks', { name: label, url: `https://192.0.2.1/${label.repeat(4)}` });
  const pages = [
    ['/', 'Versions over time'],
    ['/devices', 'Devices'],
    [`/devices/${longId}`, 'Timeline'],
    ['/bundles', 'Bundles'],
    [`/bundles/${bundle}`, 'Images'],
    ['/rollouts', 'What was released'],
    [`/rollouts/${release.id}`, 'Timeline'],
    ['/certificates', 'Refused since the server started'],
    ['/events', 'Today'],
    ['/settings', 'About'],
  ] as const;
  return { ...fleet, pages };
}
