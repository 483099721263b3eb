import { compareNaturally } from '../../../base/text/natural-order';
import { may } from '../../api/session';
import type { BundleJson, BundleListJson } from '../../../contract/bundle';
import { address, setQuery } from '../../location';
import { Command } from '../../parts/command';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Page } from '../../parts/page';
import { isBeingChecked, useReloadWhile } from '../../reload-while';
import { UploadButton } from '../../parts/upload-button';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { BundleTable } from './bundle-table';

const about = /^(bundle|release)\./;

export function BundlesPage() {
  const data = useData<BundleListJson>('/api/bundles', {
    isStale: ({ kind }) => about.test(kind),
  });
  const bundles = data.value?.bundles ?? [];
  useReloadWhile(bundles.some(isBeingChecked), data.reload);
  return (
    <Page
      title={text.frame.pages.bundles}
      actions={
        may('publish') && (
          <>
            <span class="muted small wide-only">{text.bundles.dropHint}</span>
            <UploadButton />
          </>
        )
      }
    >
      <Loaded data={data}>
        {({ bundles }) => (bundles.length === 0 ? <NoBundles /> : <FilteredBundles bundles={bundles} />)}
      </Loaded>
    </Page>
  );
}

function NoBundles() {
  return (
    <EmptyState title={text.bundles.emptyTitle}>
      <p class="muted">{text.bundles.emptyText}</p>
      <Command line={text.bundles.emptyCommand} />
    </EmptyState>
  );
}

function FilteredBundles({ bundles }: { readonly bundles: readonly BundleJson[] }) {
  const { query } = address.value;
  const search = query.get('search') ?? '';
  const compatible = query.get('compatible') ?? '';
  const fitting = bundles.filter((bundle) => fits(bundle, search.toLowerCase(), compatible));
  const compatibles = [...new Set(bundles.map((bundle) => bundle.compatible))]
    .filter((name) => name !== null)
    .sort(compareNaturally);
  return (
    <>
      <div class="filters">
        <label class="search">
          {text.bundles.search}
          <input
            type="search"
            value={search}
            placeholder={text.bundles.searchHint}
            onInput={(event) => setQuery({ search: event.currentTarget.value })}
          />
        </label>
        <label>
          {text.bundles.compatible}
          <select
            value={compatible}
            onChange={(event) => setQuery({ compatible: event.currentTarget.value })}
          >
            <option value="">{text.bundles.anyCompatible}</option>
            {compatibles.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {fitting.length === 0 ? (
        <EmptyState title={text.bundles.noFit}>
          <button type="button" onClick={() => setQuery({ search: null, compatible: null })}>
            {text.bundles.clear}
          </button>
        </EmptyState>
      ) : (
        <BundleTable bundles={fitting} />
      )}
      <p class="muted small table-foot">{text.bundles.summary(fitting.length, bundles.length)}</p>
    </>
  );
}

function fits(bundle: BundleJson, search: string, compatible: string): boolean {
  if (compatible !== '' && bundle.compatible !== compatible) return false;
  return [bundle.name, bundle.version, bundle.compatible].some(
    (word) => word?.toLowerCase().includes(search) ?? false,
  );
}
