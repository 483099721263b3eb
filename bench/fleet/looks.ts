import { monitorEventLoopDelay } from 'node:perf_hooks';
import { identityOf, type Rig } from './rig';

const samples = 300;

/** Prints how long it takes to view a fleet the way administrators do. */
export async function look({ services, store }: Rig, devices: number): Promise<void> {
  const { listFleet, explainOffer, manageDevices, fleetHistory } = services;
  const page = { sort: 'id', isDescending: false, limit: 100 } as const;
  const pick = (sample: number) => identityOf((sample * 7919) % devices).id;
  const dayAgo = new Date(Date.now() - 86_400_000);
  const looks: Readonly<Record<string, (sample: number) => unknown>> = {
    'list by id': () => listFleet.list(page),
    'list by last contact': () => listFleet.list({ ...page, sort: 'last_contact', isDescending: true }),
    'list by version': () => listFleet.list({ ...page, sort: 'version' }),
    'list by state': () => listFleet.list({ ...page, sort: 'state' }),
    'list one version': () => listFleet.list({ ...page, version: '1.0.0' }),
    'search in ids': (sample) => listFleet.list({ ...page, search: pick(sample).slice(-5) }),
    'search nothing': () => listFleet.list({ ...page, search: 'no such device' }),
    'search two letters': (sample) => listFleet.list({ ...page, search: pick(sample).slice(-2) }),
    'search among the last ids': () =>
      listFleet.list({ ...page, search: identityOf(devices - 1).id.slice(0, 8) }),
    explain: (sample) => explainOffer.preview({ id: pick(sample), compatibles: [] }, null),
    'one device': (sample) => manageDevices.get(pick(sample)),
    'counts of the overview': () =>
      Promise.all([
        listFleet.census(),
        listFleet.attention(),
        store.counts.troubled(),
        store.counts.seenSince(dayAgo),
        store.counts.hasOutcome(),
        store.counts.stopped(dayAgo),
        store.counts.sharedCertificates(dayAgo, 20),
        store.counts.otherClaims(),
        store.counts.silentPollers(),
        store.counts.silent(dayAgo),
        store.uses.pinnedBundles(),
      ]),
    'history of two days': () => fleetHistory.read({ hours: 48 }),
    'devices of a bundle': () =>
      store.counts.ofBundle({ name: 'board-2.raucb', compatible: 'board', version: '2.0.0' }),
    labels: () => store.counts.labels(200),
  };
  for (const [name, work] of Object.entries(looks)) console.log(`  ${name}: ${await percentile99(work)}`);
}

async function percentile99(work: (sample: number) => unknown): Promise<string> {
  const millis: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const startedAt = performance.now();
    await work(sample);
    millis.push(performance.now() - startedAt);
  }
  millis.sort((a, b) => a - b);
  const at = (share: number) => (millis[Math.floor(samples * share)] ?? 0).toFixed(2);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

/** Prints what the progress of a rollout costs: it reads the whole registry, in pages. */
export async function countRollout({ services: { manageRollouts, describeRollout } }: Rig): Promise<void> {
  const waiting = monitorEventLoopDelay({ resolution: 1 });
  waiting.enable();
  const startedAt = performance.now();
  for (const release of manageRollouts.list()) await describeRollout(release);
  const millis = performance.now() - startedAt;
  waiting.disable();
  const [usual, longest] = [waiting.percentile(50), waiting.max].map((nanos) => (nanos / 1e6).toFixed(1));
  console.log(
    `  progress of a rollout: ${millis.toFixed(0)} ms; others wait ${usual} ms, at most ${longest} ms`,
  );
}
