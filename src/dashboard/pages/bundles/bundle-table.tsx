import { useState } from 'preact/hooks';
import { may } from '../../api/session';
import type { BundleJson } from '../../../contract/bundle';
import { formatBytes } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { ReleaseForm } from '../../parts/release-form';
import { type Column, Table } from '../../parts/table';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { findingWords, whyWords } from '../../why-words';

const words = text.bundles.columns;

const columns: readonly Column<BundleJson>[] = [
  {
    id: 'name',
    label: words.name,
    isLong: true,
    cell: ({ name }) => <a href={linkTo('bundles', name)}>{name}</a>,
  },
  {
    id: 'compatible',
    label: words.compatible,
    isPlain: true,
    isLong: true,
    cell: ({ compatible }) => compatible ?? text.common.unknown,
  },
  {
    id: 'version',
    label: words.version,
    isPlain: true,
    isLong: true,
    cell: ({ version }) => version ?? <span class="nothing">{text.common.none}</span>,
  },
  {
    id: 'current',
    label: words.current,
    isPlain: true,
    isLong: true,
    cell: (bundle) => <CurrentOn bundle={bundle} />,
  },
  {
    id: 'verdict',
    label: words.verdict,
    isHead: true,
    isPlain: true,
    cell: ({ verdict, warnings }) => (
      <>
        <StateBadge state={verdict} />
        {warnings.length > 0 && (
          <span class="small warn-text" title={warnings.map(findingWords).join('\n')}>
            {' '}
            {text.bundles.warnings(warnings.length)}
          </span>
        )}
      </>
    ),
  },
  {
    id: 'images',
    label: words.images,
    isPlain: true,
    cell: ({ image_check: check }) => (
      <StateBadge state={check.state} title={whyWords(check) ?? check.files.join(', ')} />
    ),
  },
  { id: 'format', label: words.format, isPlain: true, cell: ({ format }) => format ?? text.common.unknown },
  { id: 'size', label: words.size, isPlain: true, isNumber: true, cell: ({ size }) => formatBytes(size) },
  { id: 'uploaded', label: words.uploaded, isPlain: true, cell: ({ uploaded_at: at }) => <Ago at={at} /> },
];

export function BundleTable({ bundles }: { readonly bundles: readonly BundleJson[] }) {
  const [released, setReleased] = useState<BundleJson | null>(null);
  const action: Column<BundleJson> = {
    id: 'action',
    label: words.actions,
    isAction: true,
    cell: (bundle) => (
      <button
        type="button"
        class="small"
        aria-label={`${text.bundles.release} ${bundle.name}`}
        onClick={() => setReleased(bundle)}
      >
        {text.bundles.release}
      </button>
    ),
  };
  return (
    <>
      <Table
        label={text.bundles.table}
        columns={may('publish') ? [...columns, action] : columns}
        rows={bundles}
        keyOf={({ name }) => name}
        isDense
      />
      {released !== null && (
        <ReleaseForm
          bundle={released.name}
          compatible={released.compatible}
          onClose={() => setReleased(null)}
        />
      )}
    </>
  );
}

/** Where devices are offered the bundle now. */
function CurrentOn({ bundle }: { readonly bundle: BundleJson }) {
  if (bundle.active_for.length === 0) return <span class="muted nothing">{text.common.none}</span>;
  return (
    <span class="tags">
      {bundle.active_for.map(({ compatible, channel }) => (
        <span key={`${compatible}\n${channel}`} class="tag">
          {compatible === bundle.compatible ? channel : `${compatible}, ${channel}`}
        </span>
      ))}
    </span>
  );
}
