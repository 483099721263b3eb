import type { Answer, DeviceClient } from './device-client';

export interface PollLinks {
  readonly deploymentBase?: { readonly href: string };
  readonly cancelAction?: { readonly href: string };
  readonly installedBase?: { readonly href: string };
  readonly configData?: { readonly href: string };
}

export interface Poll {
  readonly config: { readonly polling: { readonly sleep: string } };
  readonly _links: PollLinks;
}

export interface Deployment {
  readonly id: string;
  readonly deployment: {
    readonly download: string;
    readonly update: string;
    readonly chunks: readonly {
      readonly part: string;
      readonly version: string;
      readonly name: string;
      readonly artifacts: readonly {
        readonly filename: string;
        readonly size: number;
        readonly hashes: { readonly sha1: string; readonly md5: string; readonly sha256: string };
        readonly _links: Readonly<Record<string, { readonly href: string }>>;
      }[];
    }[];
  };
}

/** A client of hawkBit's device protocol that behaves like `rauc-hawkbit-updater`: it follows links, and builds addresses for feedback. */
export class HawkbitClient {
  readonly base: string;

  constructor(
    readonly client: DeviceClient,
    controllerId: string,
    tenant = 'DEFAULT',
  ) {
    this.base = `/${tenant}/controller/v1/${encodeURIComponent(controllerId)}`;
  }

  request(target: string, method = 'GET', body?: string, headers: Record<string, string> = {}) {
    return this.client.request(pathOf(target), headers, method, body);
  }

  async poll(): Promise<Poll> {
    return jsonOf(await this.request(this.base)) as Poll;
  }

  /** @returns the kinds of links in the answer to a poll, and the number of the action that a link names */
  async links(): Promise<{ readonly kinds: string[]; readonly action: string }> {
    const { _links: links } = await this.poll();
    const [href = ''] = [links.deploymentBase, links.cancelAction, links.installedBase].flatMap(
      (link) => link?.href ?? [],
    );
    return { kinds: Object.keys(links), action: /\/(\d+)$/.exec(href)?.[1] ?? '' };
  }

  /** The deployment to which a poll leads. */
  async deployment(): Promise<Deployment> {
    const { _links: links } = await this.poll();
    return jsonOf(await this.request(links.deploymentBase?.href ?? '/no-deployment')) as Deployment;
  }

  feedback(action: string, execution: string, finished: string, details?: readonly unknown[]) {
    return this.tell(`deploymentBase/${action}`, execution, finished, details);
  }

  cancelFeedback(action: string, execution: string, finished: string) {
    return this.tell(`cancelAction/${action}`, execution, finished);
  }

  async configData(data: unknown, mode?: string): Promise<number> {
    const body = JSON.stringify({ mode, data, status: { execution: 'closed' }, time: '20261123T083442' });
    return (await this.request(`${this.base}/configData`, 'PUT', body)).status;
  }

  private async tell(at: string, execution: string, finished: string, details?: readonly unknown[]) {
    const status = { execution, result: { finished }, details };
    const body = JSON.stringify({ id: '', time: '20261123T083442', status });
    return (await this.request(`${this.base}/${at}/feedback`, 'POST', body)).status;
  }
}

export function jsonOf({ status, body }: Answer): unknown {
  if (status !== 200) throw new Error(`answered with ${status}: ${body.toString()}`);
  return JSON.parse(body.toString()) as unknown;
}

function pathOf(target: string): string {
  return target.startsWith('/') ? target : target.slice(new URL(target).origin.length);
}
