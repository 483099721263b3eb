/** Where the objects of bundles are. */
export interface S3Location {
  readonly bucket: string;
  /** Of every key: empty, or with a slash at its end. Made of letters, digits and `._-/`. */
  readonly prefix: string;
  /** Origin of the store, such as `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  /** The bucket is a part of the path rather than of the host. */
  readonly isPathStyle: boolean;
}

/** Whom the store knows. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Finds the credentials for the next request: they may change. @throws DomainError `unavailable` */
export type FindCredentials = () => Promise<S3Credentials>;
