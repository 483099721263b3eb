/** What it came to when the images of a bundle were hashed and compared with its manifest. */
export type ImageCheck =
  | { readonly state: 'sound' }
  /** Devices that need one of these files refuse the bundle, however sound its signature is. */
  | { readonly state: 'mismatch'; readonly files: readonly string[] }
  | { readonly state: 'not-checked'; readonly reason: string };
