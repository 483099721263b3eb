import type { AboutJson } from '../../../contract/server';
import { formatBytes, formatDuration } from '../../format';
import { CopyButton } from '../../parts/command';
import { Loaded } from '../../parts/loaded';
import { Facts, Section } from '../../parts/page';
import { ShareBar } from '../../parts/share-bar';
import { Moment } from '../../parts/time';
import { text } from '../../texts';
import type { Data } from '../../use-data';

const words = text.settings.about;

/** What runs here, its uptime, and the free space. */
export function About({ about }: { readonly about: Data<AboutJson> }) {
  return (
    <Section id="about" title={words.title}>
      <Loaded data={about}>
        {(value) => (
          <div class="stack">
            <Facts
              facts={[
                [words.version, value.version],
                [words.node, value.node],
                value.sqlite === null ? [words.postgresql, value.postgresql] : [words.sqlite, value.sqlite],
                [words.uptime, formatDuration(value.uptime_seconds)],
                [words.started, <Moment at={value.started_at} />],
                [words.deviceUrl, <DeviceUrl url={value.device_url} />],
                [words.links, <Links />],
              ]}
            />
            <h3>{words.storage}</h3>
            <Storage storage={value.storage} />
          </div>
        )}
      </Loaded>
    </Section>
  );
}

function DeviceUrl({ url }: { readonly url: string }) {
  return (
    <>
      <span class="mono">{url}</span> <CopyButton value={url} />
    </>
  );
}

function Links() {
  return (
    <span class="links">
      <a href="/api/openapi.json">{words.openapi}</a> <a href="/metrics">{words.metrics}</a>
    </span>
  );
}

function Storage({ storage }: Pick<AboutJson, 'storage'>) {
  return (
    <ShareBar
      label={words.storage}
      format={formatBytes}
      shares={[
        { key: 'bundles', label: words.bundles, count: storage.bundles_bytes, look: 'series-1' },
        { key: 'uploads', label: words.uploads, count: storage.uploads_bytes, look: 'series-2' },
        { key: 'database', label: words.database, count: storage.database_bytes, look: 'series-3' },
        { key: 'other', label: words.other, count: storage.other_bytes, look: 'series-4' },
        { key: 'outside', label: words.outside, count: storage.outside_bytes, look: 'series-rest' },
        { key: 'free', label: words.free, count: storage.free_bytes, look: 'idle' },
      ]}
    />
  );
}
