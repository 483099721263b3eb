import { useState } from 'preact/hooks';
import { may } from '../../api/session';
import type { BundleInUseJson } from '../../../contract/bundle';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { JournalTimeline } from '../../parts/journal-timeline';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Page } from '../../parts/page';
import { ReleaseForm } from '../../parts/release-form';
import { isBeingChecked, useReloadWhile } from '../../reload-while';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { BundleDevices } from './bundle-devices';
import { BundleFacts } from './bundle-facts';
import { BundleHistory } from './bundle-history';
import { DeleteBundle } from './delete-bundle';
import { Images } from './images';
import { InspectionWords } from './inspection-words';
import { SignerChain } from './signer-chain';

const above = { label: text.frame.pages.bundles, href: '/bundles' };

export function BundlePage({ name }: { readonly name: string }) {
  const data = useData<BundleInUseJson>(linkTo('api', 'bundles', name), {
    isStale: (event) => event.bundle === name || event.kind === 'device.version-changed',
  });
  const [open, setOpen] = useState<'release' | 'delete' | null>(null);
  const { value, failure } = data;
  useReloadWhile(value !== null && isBeingChecked(value), data.reload);
  // Deleted while the page shows it: the old data is of no use.
  if (failure?.status === 404) {
    return (
      <Page title={name} above={above}>
        <EmptyState title={text.bundles.unknown}>
          <p class="muted">{text.bundles.unknownText}</p>
          <a href="/bundles">{text.bundles.toBundles}</a>
        </EmptyState>
      </Page>
    );
  }
  const actions = may('publish') && value !== null && (
    <>
      <button type="button" class="primary" onClick={() => setOpen('release')}>
        {text.bundles.release}
      </button>
      <button type="button" class="danger" onClick={() => setOpen('delete')}>
        {text.bundles.remove}
      </button>
    </>
  );
  return (
    <Page
      title={name}
      above={above}
      actions={actions}
      badges={value !== null && <StateBadge state={value.verdict} />}
    >
      <Loaded data={data}>{(bundle) => <Details bundle={bundle} />}</Loaded>
      {open === 'release' && value !== null && (
        <ReleaseForm bundle={name} compatible={value.compatible} onClose={() => setOpen(null)} />
      )}
      {open === 'delete' && value !== null && <DeleteBundle bundle={value} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function Details({ bundle }: { readonly bundle: BundleInUseJson }) {
  return (
    <div class="columns main-first">
      <div>
        <InspectionWords bundle={bundle} />
        <BundleFacts bundle={bundle} />
        <Images images={bundle.images} check={bundle.image_check} />
        <JournalTimeline
          title={text.bundles.timeline}
          empty={text.bundles.timelineEmpty}
          query={{ bundle: bundle.name }}
          isAbout={(event) => event.bundle === bundle.name}
        />
      </div>
      <div>
        <BundleDevices bundle={bundle} />
        <BundleHistory bundle={bundle} />
        <SignerChain chain={bundle.signer_chain} />
      </div>
    </div>
  );
}
