import { get, post, type Rig } from './rig';

/** What runs besides the reader until it is told to stop; equally often on a slow disk and on a fast one. */
export interface Load {
  readonly title: string;
  readonly run: (rig: Rig, stop: AbortSignal) => Promise<void>;
}

const uploadSizeBytes = 256 * 1024;
/** More than Node's own pool has threads. */
const uploadsAtOnce = 6;

/** Another device reports as often as allowed, and 1,000 devices are held and released repeatedly. */
const writes: Load['run'] = async ({ server, reporter, heldIds: ids }, stop) => {
  const headers = { 'content-type': 'application/json' };
  let isHeld = false;
  await Promise.all([
    every(250, stop, async () => {
      const body = JSON.stringify({ state: 'failed', message: `${Date.now()}` });
      await reporter.request('/api/v1/status', headers, 'POST', body);
    }),
    every(500, stop, async () => {
      isHeld = !isHeld;
      await post(server, 'devices/actions', { ids, action: isHeld ? 'hold' : 'unhold' });
    }),
  ]);
};

/** People view devices, search for some, and read the journal. */
const reads: Load['run'] = async ({ server }, stop) => {
  const pages = [
    'devices?limit=100',
    'devices?search=ld-9&limit=100',
    'events?limit=100',
    'events?people=true',
  ];
  await Promise.all(pages.map((page) => every(250, stop, () => get(server, page))));
};

/** Uploads of invalid bundles: each is written and synced, then refused. */
const uploads: Load['run'] = async ({ server }, stop) => {
  const upload = async (name: string) => {
    const body = new FormData();
    body.set('bundle', new Blob([new Uint8Array(uploadSizeBytes)]), name);
    const { status } = await fetch(`${server.adminUrl}/upload`, { method: 'POST', body });
    if (status !== 422) throw new Error(`an upload was answered with ${status}`);
  };
  const names = Array.from({ length: uploadsAtOnce }, (_, index) => `upload-${index}.raucb`);
  await Promise.all(names.map((name) => every(500, stop, () => upload(name))));
};

export const loads: readonly Load[] = [
  { title: 'writes', run: writes },
  {
    title: 'writes, lists, searches and the journal',
    run: async (rig, stop) => {
      await Promise.all([writes(rig, stop), reads(rig, stop)]);
    },
  },
  { title: `${uploadsAtOnce} uploads at a time`, run: uploads },
];

/** Does something at fixed times, and skips as many as it must when the work takes longer. */
async function every(periodMs: number, stop: AbortSignal, work: () => Promise<void>): Promise<void> {
  const begin = performance.now();
  while (!stop.aborted) {
    await work();
    const passed = performance.now() - begin;
    await new Promise((resolve) => setTimeout(resolve, periodMs - (passed % periodMs)));
  }
}
