import type { IssuedCertificateJson } from '../../../contract/certificate';
import { formatDay, formatUtc } from '../../format';
import { CopyButton } from '../../parts/command';
import { Dialog } from '../../parts/dialog';
import { text } from '../../texts';
import { saveFile } from '../../parts/save-file';
import { CaLink } from './ca-link';

const words = text.certificates;

interface IssuedDialogProps {
  readonly made: IssuedCertificateJson;
  /** Whether the server made the key and stores it. */
  readonly hasKey: boolean;
  readonly onKit: () => void;
  readonly onClose: () => void;
}

/** Hands over the certificate, and offers the kit as the usual next step. */
export function IssuedDialog({ made, hasKey, onKit, onClose }: IssuedDialogProps) {
  const { device, certificate, not_after: until } = made;
  return (
    <Dialog title={words.issuedTitle(device)} onClose={onClose} isWide>
      <div class="dialog-body">
        <p>
          <span title={formatUtc(new Date(until))}>{words.issued(formatDay(new Date(until)))}</span>{' '}
          {hasKey && words.issuedKey}
        </p>
        <div>
          <div class="section-head">
            <h3>{words.pem}</h3>
            <div class="actions">
              <CopyButton value={certificate} />
              <button
                type="button"
                class="quiet small"
                onClick={() =>
                  saveFile(new Blob([certificate], { type: 'application/x-pem-file' }), `${device}.crt`)
                }
              >
                {words.savePem}
              </button>
              <CaLink />
            </div>
          </div>
          <pre class="log mono" tabIndex={0} aria-label={words.pem}>
            {certificate}
          </pre>
        </div>
        <footer class="dialog-foot">
          <button type="button" onClick={onClose}>
            {text.common.close}
          </button>
          <button type="button" class="primary" onClick={onKit}>
            {words.kitOf(device)}
          </button>
        </footer>
      </div>
    </Dialog>
  );
}
