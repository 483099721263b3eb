import type { BundleDetailsJson } from '../../../contract/bundle';
import { formatBytes } from '../../format';
import { linkTo } from '../../location';
import { Facts, Section } from '../../parts/page';
import { Moment } from '../../parts/time';
import { text } from '../../texts';

/** What the manifest and the file say. */
export function BundleFacts({ bundle }: { readonly bundle: BundleDetailsJson }) {
  const { manifest, recipients } = bundle;
  const words = text.bundles;
  const meta = Object.entries(manifest?.meta ?? {});
  const given = (label: string, value: string | null | undefined) =>
    value === null || value === undefined ? null : ([label, value] as const);
  return (
    <Section
      title={words.facts}
      actions={
        <a
          class="button small"
          href={`${linkTo('api', 'bundles', bundle.name)}/content`}
          download={bundle.name}
          title={`${words.sha256} ${bundle.sha256}`}
        >
          {words.downloadFile(formatBytes(bundle.size))}
        </a>
      }
    >
      <Facts
        facts={[
          [words.columns.compatible, bundle.compatible],
          [words.columns.version, bundle.version],
          [words.columns.format, bundle.format],
          [words.columns.size, formatBytes(bundle.size)],
          given(words.description, manifest?.description),
          given(words.build, manifest?.build),
          given(words.minRauc, manifest?.min_rauc_version),
          given(words.hooks, joined(manifest?.hooks.filename, ...(manifest?.hooks.hooks ?? []))),
          given(words.handler, joined(manifest?.handler?.filename, manifest?.handler?.args)),
          recipients.length === 0 ? null : [words.encrypted, words.recipients(recipients.length)],
          [words.columns.uploaded, <Moment key="at" at={bundle.uploaded_at} />],
          [words.uploadedBy, bundle.uploaded_by],
        ]}
      />
      <dl class="facts hashes">
        <Hash label={words.sha256} value={bundle.sha256} />
        <Hash label={words.manifestHash} value={bundle.manifest_hash} />
        <Hash label={words.verityHash} value={manifest?.verity_hash ?? null} />
      </dl>
      {meta.map(([label, values]) => (
        <div key={label} class="meta">
          <h3>{words.meta(label)}</h3>
          <Facts facts={Object.entries(values)} />
        </div>
      ))}
    </Section>
  );
}

function joined(...words: readonly (string | null | undefined)[]): string | null {
  return words.filter((word) => word !== null && word !== undefined).join(' ') || null;
}

function Hash({ label, value }: { readonly label: string; readonly value: string | null }) {
  if (value === null) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd class="mono">{value}</dd>
    </div>
  );
}
