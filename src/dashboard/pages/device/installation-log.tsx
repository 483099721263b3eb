import type { InstallationLogJson } from '../../../contract/installation';
import { useState } from 'preact/hooks';
import { CopyButton } from '../../parts/command';
import { FailureBox } from '../../parts/notices';
import { Moment } from '../../parts/time';
import { text } from '../../texts';
import { useData } from '../../use-data';

/** The device's log of an installation. It may be long, so it is fetched only when someone wants to read it. */
export function InstallationLog({ id }: { readonly id: number }) {
  const [isOpen, setOpen] = useState(false);
  const { one } = text.devices;
  return (
    <div class="installation-log">
      <button type="button" class="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? one.hideLog : one.showLog}
      </button>
      {isOpen && <Log id={id} />}
    </div>
  );
}

function Log({ id }: { readonly id: number }) {
  const { value, failure, reload } = useData<InstallationLogJson>(`/api/installations/${id}/log`, {
    isStale: ({ installation_id }) => installation_id === id,
  });
  const { one } = text.devices;
  if (failure?.status === 404) return <p class="muted">{one.noLog}</p>;
  if (failure !== null && value === null) return <FailureBox error={failure} retry={reload} />;
  if (value === null) return <p class="loading muted">{text.common.loading}</p>;
  return (
    <div class="stack">
      <p class="muted small log-head">
        <span>
          {one.logAt} <Moment at={value.at} />
        </span>
        <CopyButton value={value.log} />
      </p>
      <pre class="log" tabIndex={0} aria-label={one.log}>
        {value.log}
      </pre>
    </div>
  );
}
