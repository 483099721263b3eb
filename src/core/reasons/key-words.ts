/** How many bits an RSA key may have. */
export const rsaBits = { min: 2048, max: 8192 };

/** Every kind of key that the TLS libraries of all devices accept, for remedies. */
export const acceptedKeys = `an EC key on P-256, P-384 or P-521, an RSA key of ${rsaBits.min} to ${rsaBits.max} bits, or an Ed25519 key`;
