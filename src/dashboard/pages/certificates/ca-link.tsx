import { text } from '../../texts';

/** The certificate with which devices verify this server. */
export function CaLink() {
  return (
    <a class="button small" href="/api/ca.crt" download="ca.crt">
      {text.certificates.downloadCa}
    </a>
  );
}
