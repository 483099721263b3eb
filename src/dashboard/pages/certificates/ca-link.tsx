import { text } from '../../texts';

/** What a device verifies this server with. */
export function CaLink() {
  return (
    <a class="button small" href="/api/ca.crt" download="ca.crt">
      {text.certificates.downloadCa}
    </a>
  );
}
