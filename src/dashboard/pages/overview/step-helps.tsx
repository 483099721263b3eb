import { useSignal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { BundleListJson } from '../../../contract/bundle';
import type { CertificatesJson } from '../../../contract/certificate';
import type { AboutJson } from '../../../contract/server';
import { apiPath } from '../../api/client';
import { may } from '../../api/session';
import { Command } from '../../parts/command';
import { ReleaseForm } from '../../parts/release-form';
import { UploadButton } from '../../parts/upload-button';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { CertificateDialogs, type OpenDialog } from '../certificates/certificate-dialogs';
import { stateOf } from '../certificates/expiry';

const { step: words } = text.overview;
const { certificates } = text;

interface HelpProps {
  /** Whether it is the next step to take: then its button stands out. */
  readonly isNext: boolean;
}

const lookOf = ({ isNext }: HelpProps) => (isNext ? 'primary' : '');
/** How many certificates to fetch: enough to find a valid one. */
const certificatesSeen = 50;

export function UploadHelp(step: HelpProps) {
  return (
    <>
      {may('publish') && (
        <div class="actions">
          <UploadButton look={lookOf(step)} />
        </div>
      )}
      <Command line={words.bundle.command} />
    </>
  );
}

/** Names the latest uploaded bundle. */
export function ReleaseHelp(step: HelpProps) {
  const { value } = useData<BundleListJson>('/api/bundles', {
    isStale: ({ kind }) => kind.startsWith('bundle.'),
  });
  const [isOpen, setOpen] = useState(false);
  const [bundle] = [...(value?.bundles ?? [])].sort((a, b) => (a.uploaded_at < b.uploaded_at ? 1 : -1));
  const name = bundle?.name ?? words.release.exampleBundle;
  return (
    <>
      {bundle !== undefined && may('publish') && (
        <div class="actions">
          <button type="button" class={lookOf(step)} onClick={() => setOpen(true)}>
            {words.release.button(bundle.name)}
          </button>
        </div>
      )}
      <Command line={words.release.command(name)} />
      {isOpen && bundle !== undefined && (
        <ReleaseForm bundle={bundle.name} compatible={bundle.compatible} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

export function CertificateHelp(step: HelpProps) {
  const dialog = useSignal<OpenDialog | null>(null);
  const { value, reload } = useCertificates();
  return (
    <>
      {value?.can_issue === true && may('admin') && (
        <div class="actions">
          <button type="button" class={lookOf(step)} onClick={() => (dialog.value = { kind: 'issue' })}>
            {certificates.issue}
          </button>
        </div>
      )}
      <Command line={certificates.deviceCommand(certificates.exampleDevice)} />
      <CertificateDialogs dialog={dialog} onChange={reload} />
    </>
  );
}

/** Offers a kit for the device that got a certificate. */
export function KitHelp(step: HelpProps) {
  const dialog = useSignal<OpenDialog | null>(null);
  const { value, reload } = useCertificates();
  const { value: about } = useData<AboutJson>('/api/about', { isStale: () => false });
  const known = value?.devices.find((one) => one.has_file && one.revocable && stateOf(one) !== 'expired');
  const device = known?.device ?? certificates.exampleDevice;
  return (
    <>
      {known !== undefined && may('admin') && (
        <div class="actions">
          <button type="button" class={lookOf(step)} onClick={() => (dialog.value = { kind: 'kit', device })}>
            {certificates.kitOf(device)}
          </button>
        </div>
      )}
      {about !== null && (
        <Command line={certificates.kitCommand(device, about.device_url.replace(/\/$/, ''))} />
      )}
      <Command line={words.device.unpack(device)} />
      <CertificateDialogs dialog={dialog} onChange={reload} />
    </>
  );
}

function useCertificates() {
  return useData<CertificatesJson>(apiPath('/api/certificates', { limit: certificatesSeen }), {
    isStale: ({ kind }) => kind.startsWith('certificate.'),
    everyMs: 10_000,
  });
}
