/** So many bits an RSA key may have. */
export const rsaBits = { min: 2048, max: 8192 };

/** What a remedy names: every kind of key that all devices' TLS libraries take. */
export const acceptedKeys = `an EC key on P-256, P-384 or P-521, an RSA key of ${rsaBits.min} to ${rsaBits.max} bits, or an Ed25519 key`;
