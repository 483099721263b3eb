/**
 * A PEM or DER file as text, for JSON: DER is encoded as PEM (RFC 7468). The receiver judges the content.
 * @param label its name in PEM
 */
export function pemText(file: string | Uint8Array, label: 'CERTIFICATE' | 'CERTIFICATE REQUEST'): string {
  const bytes = Buffer.from(file);
  if (bytes.includes('-----BEGIN')) return bytes.toString('latin1');
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
