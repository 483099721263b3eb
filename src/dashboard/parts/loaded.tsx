import type { ComponentChildren } from 'preact';
import { text } from '../texts';
import type { Data } from '../use-data';
import { FailureBox, Hint } from './notices';

interface LoadedProps<Json> {
  readonly data: Data<Json>;
  readonly children: (value: Json) => ComponentChildren;
}

/** The server's answer, or that it is loading, or why it failed. Old data stays visible and is marked as old. */
export function Loaded<Json>({ data, children }: LoadedProps<Json>) {
  const { value, failure, reload } = data;
  if (value === null) {
    if (failure !== null) return <FailureBox error={failure} retry={reload} />;
    return (
      <p class="loading muted" role="status">
        {text.common.loading}
      </p>
    );
  }
  return (
    <>
      {failure !== null && (
        <Hint tone="warn">
          {text.common.stale} {failure.message}
        </Hint>
      )}
      {children(value)}
    </>
  );
}
