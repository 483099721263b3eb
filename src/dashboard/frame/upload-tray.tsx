import { findingWords } from '../why-words';
import { useState } from 'preact/hooks';
import { formatBytes, formatDuration } from '../format';
import { linkTo } from '../location';
import { StateBadge } from '../parts/badge';
import { Icon } from '../parts/icon';
import { Progress } from '../parts/progress';
import { ReleaseForm } from '../parts/release-form';
import { text } from '../texts';
import { cancelUpload, clearUploads, isOver, tryAgain, type Upload, uploads } from '../uploads';

/** Uploads in progress, on every page. */
export function UploadTray() {
  const all = uploads.value;
  if (all.length === 0) return null;
  const isBusy = !all.every(isOver);
  return (
    <section class="tray panel" aria-label={text.bundles.uploads}>
      <header class="section-head">
        <h2>{text.bundles.uploads}</h2>
        {!isBusy && (
          <button
            type="button"
            class="quiet square"
            aria-label={text.bundles.clearUploads}
            onClick={clearUploads}
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      <ul>
        {all.map((upload) => (
          <UploadItem key={upload.id} upload={upload} />
        ))}
      </ul>
    </section>
  );
}

function UploadItem({ upload }: { readonly upload: Upload }) {
  const { id, file, state, failure, bundle } = upload;
  const name = bundle === null ? file.name : <a href={linkTo('bundles', bundle.name)}>{bundle.name}</a>;
  const [isReleasing, setReleasing] = useState(false);
  return (
    <li class="upload">
      <div class="upload-head">
        <span class="upload-name">{name}</span>
        {bundle !== null && <StateBadge state={bundle.verdict} />}
        {(state === 'queued' || state === 'sending') && (
          <button
            type="button"
            class="quiet small"
            aria-label={text.bundles.cancelUpload(file.name)}
            onClick={() => cancelUpload(id)}
          >
            {text.common.cancel}
          </button>
        )}
        {bundle !== null && (
          <button
            type="button"
            class="small"
            aria-label={`${text.bundles.release} ${bundle.name}`}
            onClick={() => setReleasing(true)}
          >
            {text.bundles.release}
          </button>
        )}
        {(state === 'failed' || state === 'cancelled') && (
          <button
            type="button"
            class="quiet small"
            aria-label={text.bundles.retryUpload(file.name)}
            onClick={() => tryAgain(id)}
          >
            {text.common.retry}
          </button>
        )}
      </div>
      {state === 'sending' && (
        <Progress
          label={text.bundles.sending(file.name)}
          value={upload.sentBytes / Math.max(1, upload.totalBytes)}
        />
      )}
      {state === 'checking' && <Progress label={text.bundles.checking} value={null} />}
      {state === 'looking' && <Progress label={text.bundles.looking} value={null} />}
      <p
        class={`small ${state === 'failed' ? 'bad-text' : 'muted'}`}
        role={state === 'failed' ? 'alert' : undefined}
      >
        {describe(upload)}
      </p>
      {failure?.remedy != null && <p class="small muted">{failure.remedy}</p>}
      {bundle !== null && bundle.warnings.length > 0 && (
        <p class="small warn-text">{bundle.warnings.map(findingWords).join(' ')}</p>
      )}
      {isReleasing && bundle !== null && (
        <ReleaseForm
          bundle={bundle.name}
          compatible={bundle.compatible}
          onClose={() => setReleasing(false)}
        />
      )}
    </li>
  );
}

function describe({ state, sentBytes, totalBytes, speed, failure, wasThere, wasLost }: Upload): string {
  switch (state) {
    case 'queued':
      return text.bundles.queued(formatBytes(totalBytes));
    case 'sending': {
      const sent = `${formatBytes(sentBytes)} / ${formatBytes(totalBytes)}`;
      if (speed === null || speed === 0) return sent;
      const left = formatDuration((totalBytes - sentBytes) / speed);
      return `${sent} · ${formatBytes(speed)}/s · ${text.bundles.timeLeft(left)}`;
    }
    case 'checking':
      return text.bundles.checking;
    case 'looking':
      return text.bundles.looking;
    case 'stored':
      if (wasLost) return text.bundles.found(formatBytes(totalBytes));
      return wasThere ? text.bundles.wasThere : text.bundles.stored(formatBytes(totalBytes));
    case 'failed':
      return failure?.message ?? '';
    case 'cancelled':
      return text.bundles.uploadCancelled;
  }
}
