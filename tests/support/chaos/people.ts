import { setTimeout as delay } from 'node:timers/promises';
import { anyTwo, one } from './one';
import type { ReleaseTimeline } from './release-timeline';
import type { Servers } from './servers';

export interface PeopleOptions {
  readonly servers: Servers;
  readonly bundles: readonly string[];
  readonly timeline: ReleaseTimeline;
  /** The maximum number of installations at a time. */
  readonly atATime: number;
  /** Called when another bundle is current. */
  readonly onReleased: () => void;
  readonly signal: AbortSignal;
}

interface Listed {
  readonly id: number;
  readonly rollout: { readonly state: string; readonly step: number; readonly steps: number };
}

/** Steps of rollouts; some are promoted by the server that leads. */
const policies = [
  {},
  { steps: '50,100' },
  { steps: '50,100', promote_at_percent: 1 },
  { steps: '20,40,60,80,100' },
];

const patienceMs = 1_500;

/** People who release bundles and steer rollouts, each time on two servers at once. */
export class People {
  releases = 0;
  refused = 0;
  unanswered = 0;
  /** How often each step of each release was promoted, by what people were told. */
  readonly promoted = new Map<string, number>();
  /** What was begun and has not ended: a frozen server has it. */
  readonly #open = new Set<Promise<unknown>>();

  constructor(private readonly options: PeopleOptions) {}

  /** Until the signal; some requests end only when a frozen server wakes up. */
  async run(): Promise<void> {
    const { signal } = this.options;
    const repeat = async (act: () => Promise<unknown>, pauseMs: number) => {
      while (!signal.aborted) {
        const acting: Promise<unknown> = act().finally(() => this.#open.delete(acting));
        this.#open.add(acting);
        await Promise.race([acting, delay(patienceMs)]); // they leave it open, and go on with other servers
        await delay((0.5 + Math.random()) * pauseMs);
      }
    };
    await Promise.all([
      repeat(() => this.#release(), 2_000),
      repeat(() => this.#release(), 5_000),
      repeat(() => this.#steer(), 150),
    ]);
    await Promise.all(this.#open);
  }

  /** Makes a bundle current on one server. @returns whether it is */
  async release(adminUrl: string, bundle: string, policy: object = one(policies)): Promise<boolean> {
    const { timeline, atATime, onReleased } = this.options;
    const body = {
      bundle,
      max_in_progress: atATime,
      allow_downgrade: true,
      pause_at_failures: 1_000,
      ...policy,
    };
    const asked = timeline.ask(bundle);
    const status = await this.#post(`${adminUrl}/api/releases`, body);
    if (status === undefined || status >= 500) {
      asked.lost();
      return false;
    }
    if (status >= 400) {
      asked.refused();
      return false;
    }
    asked.done();
    this.releases += 1;
    onReleased();
    return true;
  }

  async #release(): Promise<void> {
    const bundle = one(this.options.bundles);
    const policy = one(policies);
    await Promise.all(this.#twoServers().map((url) => this.release(url, bundle, policy)));
  }

  /** Promotes, pauses or resumes what is current. */
  async #steer(): Promise<void> {
    const [url = ''] = this.#twoServers();
    const answer = await fetch(`${url}/api/releases`).catch(() => undefined);
    const list = (await answer?.json().catch(() => undefined)) as
      { readonly releases?: readonly Listed[] } | undefined;
    for (const { id, rollout } of list?.releases ?? []) {
      const at = `/api/releases/${id}`;
      if (rollout.state === 'paused') await this.#onBoth(`${at}/resume`, {});
      else if (Math.random() < 0.2) await this.#onBoth(`${at}/pause`, { reason: 'let us see' });
      else if (rollout.step < rollout.steps) {
        const promoted = await this.#onBoth(`${at}/promote`, { from_step: rollout.step });
        const key = `release ${id} from step ${rollout.step}`;
        this.promoted.set(key, (this.promoted.get(key) ?? 0) + promoted);
      }
    }
  }

  /** @returns how many of them did it */
  async #onBoth(path: string, body: object): Promise<number> {
    const both = await Promise.all(this.#twoServers().map((url) => this.#post(url + path, body)));
    return both.filter((status) => status === 200).length;
  }

  /** @returns the status; `undefined` when there was no answer */
  async #post(url: string, body: object): Promise<number | undefined> {
    const headers = { 'content-type': 'application/json' };
    try {
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      await answer.arrayBuffer().catch(() => undefined); // the status says all
      if (answer.status >= 400) this.refused += 1;
      return answer.status;
    } catch {
      this.unanswered += 1;
      return undefined;
    }
  }

  #twoServers(): readonly string[] {
    return anyTwo(this.options.servers.answering()).map(({ server }) => server.adminUrl);
  }
}
