/** A server under measurement. */
export interface Server {
  /** All of its processes, without their children. */
  readonly pids: readonly number[];
  /** Where devices reach it, such as `https://localhost:8443`: every server has the bundle and the manifest at the same paths. */
  readonly url: (protocol: Protocol) => string;
  /** Where bundles are uploaded, without TLS; empty if they cannot be. */
  readonly uploadUrl: string;
  stop(): Promise<void>;
}

export type Protocol = 'HTTP/1.1' | 'HTTP/2';

export const bundlePath = '/bundles/bundle.raucb';
export const manifestPath = '/api/v1/manifest.json';
