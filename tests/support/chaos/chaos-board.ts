import { setTimeout as delay } from 'node:timers/promises';
import type { Crowd } from './crowd';
import { DeviceLine, type LineAnswer, type LineRequest, Unanswered } from './device-line';
import type { DeviceFiles } from './issue-devices';
import { anyTwo } from './one';
import type { Polled, Witness } from './witness';

export interface ChaosBoardOptions {
  readonly id: string;
  readonly tls: DeviceFiles;
  /** The balancer. */
  readonly url: string;
  /** The servers behind it; any may be frozen or gone. */
  readonly servers: () => readonly string[];
  /** The bundles, by name. */
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly witness: Witness;
  /** All devices. */
  readonly crowd: Crowd;
  /** How long it usually waits between two questions, in milliseconds. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

interface Offer {
  readonly name: string;
  readonly path: string;
}

interface Report {
  readonly state: 'downloading' | 'installed' | 'failed';
  readonly transactionId: string;
  readonly message?: string;
}

const pollPatienceMs = 3_000;
const reportPatienceMs = 4_000;
const rangePatienceMs = 15_000;
const retryMs = 200;
const lastPauseMs = 1_000;
const rangeBytes = 64 << 10;
/** How long it takes to install, after the download. */
const longestWorkMs = 400;

/** How often it asks two servers at once, reads a whole bundle, fails to install it, and hangs up. */
const chances = { askTwo: 0.25, whole: 0.2, failure: 0.1, hangUp: 0.2 };

/** A device that installs what it is offered, through a balancer that may lead anywhere. It asks again until it is answered. */
export class ChaosBoard {
  /** The version that it told last; `null` while the last question had no answer. */
  told: string | null = null;
  #version = '1.0.0';
  #boots = 1;
  #attempts = 0;
  readonly #line: DeviceLine;
  #rise: () => void = () => undefined;
  #isFinishing = false;

  constructor(private readonly options: ChaosBoardOptions) {
    this.#line = new DeviceLine(options.tls);
  }

  get id(): string {
    return this.options.id;
  }

  /** Lives until the signal, or until it has finished; call {@link ChaosBoard.wake} after the signal. */
  async run(): Promise<void> {
    await this.#pause(Math.random() * this.options.pauseMs);
    while (!this.#isOver()) {
      let isBusy = false;
      try {
        isBusy = await this.options.crowd.run(() => this.#live());
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        this.options.witness.unanswered += 1;
        this.#line.drop();
      }
      if (Math.random() < chances.hangUp) this.#line.drop();
      if (isBusy) continue;
      if (!this.#hasFinished())
        await this.#pause(this.#isFinishing ? lastPauseMs : (0.5 + Math.random()) * this.options.pauseMs);
      if (this.#hasFinished()) break;
    }
    this.#line.drop();
  }

  /** Ends once its last question is answered. */
  finish(): void {
    this.#isFinishing = true;
    this.wake();
  }

  /** Asks at once. */
  wake(): void {
    this.#rise();
  }

  #hasFinished(): boolean {
    return this.#isFinishing && this.told !== null;
  }

  #isOver(): boolean {
    return this.options.signal.aborted;
  }

  /** @returns whether it has booted, and asks again at once */
  async #live(): Promise<boolean> {
    if (this.#isOver() || this.#hasFinished()) return false; // it has waited for its turn
    const { offer } =
      Math.random() < chances.askTwo ? await this.#askTwo() : await this.#ask(this.options.url);
    return offer !== null && (await this.#install(offer));
  }

  /** Asks for an update. @throws Unanswered, also when the server says that it cannot answer now */
  async #ask(url: string): Promise<{ readonly polled: Polled; readonly offer: Offer | null }> {
    const { id, witness } = this.options;
    const version = this.#version;
    this.told = null;
    const sentMs = performance.now();
    const answer = await this.#line.ask({
      url,
      path: '/api/v1/manifest.json?compatible=test-board',
      headers: { 'RAUC-System-Version': version, 'RAUC-Boot-ID': `${id}-${this.#boots}` },
      patienceMs: pollPatienceMs,
    });
    if (answer.status !== 200) throw this.#unexpected('a manifest', answer);
    const { bundle_url: address, filename } = JSON.parse(answer.body.toString()) as {
      readonly bundle_url?: string | null;
      readonly filename?: string | null;
    };
    const isOffer = typeof address === 'string' && address !== '' && typeof filename === 'string';
    const offer = isOffer ? { name: filename, path: new URL(address).pathname } : null;
    const polled = { device: id, sentMs, answeredMs: performance.now(), offered: offer?.name ?? '' };
    witness.sawAnswer(polled);
    this.told = version;
    return { polled, offer };
  }

  /** Asks two servers the same question at once. */
  async #askTwo(): Promise<{ readonly offer: Offer | null }> {
    const two = anyTwo(this.options.servers());
    const asked = await Promise.allSettled(two.map((url) => this.#ask(url)));
    const answered = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const one of asked)
      if (one.status === 'rejected' && !(one.reason instanceof Unanswered)) throw one.reason;
    if (answered.length < two.length) {
      this.told = null;
      throw new Unanswered('one of two has not answered');
    }
    this.options.witness.sawTwo(answered.map(({ polled }) => polled));
    const offers = answered.flatMap(({ offer }) => offer ?? []);
    const isOne = new Set(offers.map(({ name }) => name)).size === 1;
    return { offer: isOne ? (offers[0] ?? null) : null };
  }

  /** @returns whether it has booted the bundle */
  async #install({ name, path }: Offer): Promise<boolean> {
    const transactionId = `${this.id}-${(this.#attempts += 1)}`;
    if ((await this.#report({ state: 'downloading', transactionId })) !== 'downloading') return false;
    if (!(await this.#download(name, path))) return false;
    await delay(Math.random() * longestWorkMs);
    if (Math.random() < chances.failure) {
      await this.#report({ state: 'failed', transactionId, message: `no space for ${transactionId}` });
      return false;
    }
    if ((await this.#report({ state: 'installed', transactionId })) === null) return false;
    this.#version = name.replace(/^v|\.raucb$/g, '');
    this.#boots += 1;
    return true;
  }

  /** Reports until that is acknowledged. @returns the state of the installation; `null` if there is none, or time is over */
  async #report({ state, transactionId, message }: Report): Promise<string | null> {
    const { witness, url, id } = this.options;
    const body = JSON.stringify({ state, transaction_id: transactionId, message });
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#insist(
      { url, path: '/api/v1/status', headers, body, patienceMs: reportPatienceMs },
      'a report',
    );
    if (answer === null) return null;
    witness.sawAcknowledgement(performance.now());
    const { installation } = JSON.parse(answer.body.toString()) as {
      readonly installation: { readonly state: string } | null;
    };
    if (installation?.state === state && state !== 'downloading')
      witness.reports.push({ device: id, transactionId, state, message: message ?? null });
    return installation?.state ?? null;
  }

  /** Reads some of a bundle, or all of it. @returns whether it has */
  async #download(name: string, path: string): Promise<boolean> {
    const { contents, witness, url } = this.options;
    const content = contents.get(name);
    if (content === undefined) throw new Error(`nobody made ${name}`);
    const isWhole = Math.random() < chances.whole;
    for (let left = isWhole ? 1 : 3; left > 0; left -= 1) {
      const start = isWhole ? 0 : Math.floor(Math.random() * (content.length - rangeBytes));
      const end = isWhole ? content.length - 1 : start + rangeBytes - 1;
      const headers = { range: `bytes=${start}-${end}` };
      const answer = await this.#insist(
        { url, path, headers, patienceMs: rangePatienceMs },
        'a range',
        [404],
      );
      if (answer === null) return false;
      witness.sawBytes(name, start, answer.body, content);
      if (answer.body.length !== end - start + 1)
        witness.strange.push(`${answer.body.length} bytes of ${name}`);
    }
    return true;
  }

  /**
   * Asks until there is an answer, as long as time is not over.
   * @param others statuses that another server may not answer with
   */
  async #insist(
    request: LineRequest,
    what: string,
    others: readonly number[] = [],
  ): Promise<LineAnswer | null> {
    while (!this.#isOver()) {
      try {
        const answer = await this.#line.ask(request);
        if (answer.status === 200 || answer.status === 206) return answer;
        if (!others.includes(answer.status)) throw this.#unexpected(what, answer);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        this.options.witness.unanswered += 1;
      }
      this.#line.drop();
      await delay(retryMs);
    }
    return null;
  }

  #unexpected(what: string, { status, body }: LineAnswer): Unanswered {
    const isAway = status === 503 || status === 429 || status === 507;
    if (!isAway) this.options.witness.strange.push(`${status} for ${what}: ${body.toString().slice(0, 200)}`);
    return new Unanswered(`${status} for ${what}`);
  }

  #pause(durationMs: number): Promise<void> {
    if (this.#isOver()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#rise = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
