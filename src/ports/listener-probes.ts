/** How a listener of the running server looks from outside. */

/** No answer; the code is the system's, such as `ECONNREFUSED` or `ETIMEDOUT`. */
export interface Silence {
  readonly kind: 'silent';
  readonly code: string;
}

/** Something answered that is not this server. */
export interface Stranger {
  readonly kind: 'stranger';
  /** In words that follow "it". */
  readonly does: string;
}

export interface AdminGreeting {
  readonly kind: 'greeted';
  /** Of the program that runs. */
  readonly version: string;
}

export interface DeviceGreeting {
  readonly kind: 'greeted';
  /** SHA-256 of the certificate that it showed, lower-case hex. */
  readonly fingerprint: string;
  /** Why the certificate does not hold under `ca.crt`, as OpenSSL calls it; `null` when it does. */
  readonly chainProblem: string | null;
  /** What became of the request that followed, with a device's certificate; `null` when there was none to show. */
  readonly answer: { readonly status: number } | { readonly refusal: string } | null;
}

/** What a proxy made of three harmless questions. */
export interface ProxyGreeting {
  readonly kind: 'greeted';
  readonly version: string;
  /** The status of a request that needs a token, sent without one from a foreign address. */
  readonly statusWithoutToken: number;
  /** Status of an upload as large as the server takes, of which no byte is sent. */
  readonly statusOfUpload: number;
}

/** A device's TLS: whom it trusts, and its certificate. PEM. */
export interface DeviceTls {
  readonly ca: string;
  readonly client: { readonly cert: string; readonly key: string } | null;
}

export interface ProbeListeners {
  /** Asks the admin listener for its health. @param url with its port */
  greetAdmin(url: string): Promise<AdminGreeting | Silence | Stranger>;
  /** A handshake, and a request when there is a certificate to show. */
  greetDevices(at: Endpoint, tls: DeviceTls): Promise<DeviceGreeting | Silence | Stranger>;
  /** Asks the admin listener through whatever is in front of it. Changes nothing there. */
  greetProxy(url: string, uploadLimitBytes: number): Promise<ProxyGreeting | Silence | Stranger>;
  /** Whether a name leads anywhere from here. */
  resolves(name: string): Promise<boolean>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** For SNI; a name that no certificate has, when the server is not to take it for one that a device asks for. */
  readonly serverName: string;
  /** Whether its listener requires a PROXY header on connections from here; default: no. */
  readonly takesProxyHeader?: boolean;
}
