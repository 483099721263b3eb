/** RAUC's default `max-bundle-signature-size`: devices refuse a larger CMS. */
export const maxSignatureSizeBytes = 65_536;

/**
 * Limit on certificates, and on revocation lists, in a CMS. RAUC has none; OpenSSL lets a chain reach a hundred,
 * and no bundle has a tenth of that.
 */
export const maxCmsMembers = 100;

/** An inline manifest is inside the CMS; one inside a squashfs has the same limit. */
export const maxManifestSizeBytes = maxSignatureSizeBytes;

/** RAUC verifies a plain bundle only below 2 GiB; older versions silently check only part of it (CVE-2026-34155). */
export const maxPlainPayloadSizeBytes = 2 ** 31 - 1;
