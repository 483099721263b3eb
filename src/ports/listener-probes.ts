/** How a listener of the running server looks from outside. */

/** No answer; the code is the system's, such as `ECONNREFUSED` or `ETIMEDOUT`. */
export interface Silence {
  readonly kind: 'silent';
  readonly code: string;
}

/** Something answered that is not this server. */
export interface Stranger {
  readonly kind: 'stranger';
  /** A phrase that follows the word "it". */
  readonly does: string;
}

export interface AdminGreeting {
  readonly kind: 'greeted';
  /** The version of the running program. */
  readonly version: string;
}

export interface DeviceGreeting {
  readonly kind: 'greeted';
  /** SHA-256 of the certificate it presented, lower-case hex. */
  readonly fingerprint: string;
  /** Why `ca.crt` does not verify the certificate, in OpenSSL's words; `null` when it does. */
  readonly chainProblem: string | null;
  /**
   * The result of the request that followed, made with a device's certificate; `null` when there was no certificate to present.
   */
  readonly answer: { readonly status: number } | { readonly refusal: string } | null;
}

/** How a proxy handled three harmless requests. */
export interface ProxyGreeting {
  readonly kind: 'greeted';
  readonly version: string;
  /** The status of a request that needs a token, sent without one from a foreign address. */
  readonly statusWithoutToken: number;
  /** Status of an upload that announces the largest size the server accepts, but sends no byte. */
  readonly statusOfUpload: number;
}

/** A device's TLS: the CA it trusts, and its certificate. PEM. */
export interface DeviceTls {
  readonly ca: string;
  readonly client: { readonly cert: string; readonly key: string } | null;
}

export interface ProbeListeners {
  /** Asks the admin listener for its health. @param url with its port */
  greetAdmin(url: string): Promise<AdminGreeting | Silence | Stranger>;
  /** Makes a handshake, and a request if there is a certificate to present. */
  greetDevices(at: Endpoint, tls: DeviceTls): Promise<DeviceGreeting | Silence | Stranger>;
  /** Sends requests to the admin listener through whatever is in front of it. Changes nothing there. */
  greetProxy(url: string, uploadLimitBytes: number): Promise<ProxyGreeting | Silence | Stranger>;
  /** Whether a name resolves on this machine. */
  resolves(name: string): Promise<boolean>;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** For SNI. Use a name that no certificate has if the server must not count it as one that a device asked for. */
  readonly serverName: string;
  /** Whether its listener requires a PROXY header on connections from here; default: no. */
  readonly takesProxyHeader?: boolean;
}
