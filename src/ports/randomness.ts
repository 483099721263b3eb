/** Secure randomness, such as `crypto.randomBytes`. */
export type RandomBytes = (sizeBytes: number) => Buffer;
