/** Where the objects with the bundles are. */
export interface S3Location {
  readonly bucket: string;
  /** The prefix of every key: empty, or with a slash at its end. Made of letters, digits and `._-/`. */
  readonly prefix: string;
  /** Origin of the store, such as `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  /** Whether the bucket is part of the path rather than the host. */
  readonly isPathStyle: boolean;
}

/** An account that the store knows. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Finds the credentials for the next request: they may change. @throws DomainError `unavailable` */
export type FindCredentials = () => Promise<S3Credentials>;
