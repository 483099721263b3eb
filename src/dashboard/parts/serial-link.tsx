import { apiPath } from '../api/client';
import { formatHash } from '../format';

interface SerialLinkProps {
  readonly serial: string;
  /** Its beginning alone. */
  readonly isShort?: boolean;
}

/** The serial number of a certificate, which leads to what is known of it. */
export function SerialLink({ serial, isShort = false }: SerialLinkProps) {
  return (
    <a class="mono" title={serial} href={apiPath('/certificates', { search: serial })}>
      {isShort ? formatHash(serial) : serial}
    </a>
  );
}
