/** RAUC's default `max-bundle-signature-size`: a larger CMS is refused by devices. */
export const maxSignatureSizeBytes = 65_536;

/**
 * Of certificates, and of revocation lists, in a CMS. RAUC has no such bound; a hundred is as long as OpenSSL lets a chain
 * become, and no bundle has a tenth of it.
 */
export const maxCmsMembers = 100;

/** An inline manifest is inside the CMS; one inside a squashfs is held to the same bound. */
export const maxManifestSizeBytes = maxSignatureSizeBytes;

/** RAUC verifies a plain bundle only below 2 GiB; older versions silently check a part of it (CVE-2026-34155). */
export const maxPlainPayloadSizeBytes = 2 ** 31 - 1;
