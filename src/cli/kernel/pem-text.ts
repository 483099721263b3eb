/**
 * A file that may be PEM or DER as text, for JSON: DER gets the clothes of PEM (RFC 7468). Whoever reads it judges what it is.
 * @param label what it is called in PEM
 */
export function pemText(file: string | Uint8Array, label: 'CERTIFICATE' | 'CERTIFICATE REQUEST'): string {
  const bytes = Buffer.from(file);
  if (bytes.includes('-----BEGIN')) return bytes.toString('latin1');
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
