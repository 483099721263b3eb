import { apiPath } from '../api/client';
import { formatHash } from '../format';

interface SerialLinkProps {
  readonly serial: string;
  /** Shows only the start of the serial number. */
  readonly isShort?: boolean;
}

/** A certificate's serial number, which links to what is known about it. */
export function SerialLink({ serial, isShort = false }: SerialLinkProps) {
  return (
    <a class="mono" title={serial} href={apiPath('/certificates', { search: serial })}>
      {isShort ? formatHash(serial) : serial}
    </a>
  );
}
