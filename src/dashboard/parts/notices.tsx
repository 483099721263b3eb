import { effect, signal } from '@preact/signals';
import { type ComponentChildren, render } from 'preact';
import { asFailure } from '../api/client';
import { text } from '../texts';
import { Icon } from './icon';
import { modals } from './modals';

interface Notice {
  readonly id: number;
  readonly isFailure: boolean;
  readonly message: string;
  readonly remedy: string | null;
  readonly requestId: string | null;
  readonly undo: (() => void) | null;
}

const notices = signal<readonly Notice[]>([]);
const maxNotices = 4;
const shownMs = 8_000;
let lastNoticeId = 0;

function add(notice: Omit<Notice, 'id'>): void {
  const id = ++lastNoticeId;
  notices.value = [...notices.value, { ...notice, id }].slice(-maxNotices);
  // A failure stays until it is dismissed.
  if (!notice.isFailure) setTimeout(() => dismiss(id), shownMs);
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Reports a change that the server has confirmed; `undo` reverts it. */
export function tell(message: string, undo: (() => void) | null = null): void {
  add({ isFailure: false, message, remedy: null, requestId: null, undo });
}

/** Says what went wrong and what to do. */
export function tellFailure(error: unknown): void {
  const { message, remedy, requestId } = asFailure(error);
  add({ isFailure: true, message, remedy, requestId, undo: null });
}

/**
 * Applies a change on the server and reports the result.
 * @returns whether it succeeded
 */
export async function attempt(
  action: () => Promise<unknown>,
  done: string | null,
  undo: (() => void) | null = null,
): Promise<boolean> {
  try {
    await action();
  } catch (error) {
    tellFailure(error);
    return false;
  }
  if (done !== null) tell(done, undo);
  return true;
}

/**
 * Shows the notices on every page. Content outside an open modal dialog can be neither clicked nor heard, so they
 * move inside it. Call it once.
 */
export function startNotices(): void {
  const place = document.createElement('div');
  render(<Notices />, place);
  effect(() => (modals.value.at(-1) ?? document.body).append(place));
}

function Notices() {
  const shown = notices.value;
  return (
    <div class="notices" role="region" aria-label={text.frame.notices}>
      <div role="status" aria-live="polite">
        {shown
          .filter((notice) => !notice.isFailure)
          .map((notice) => (
            <NoticeBox key={notice.id} notice={notice} />
          ))}
      </div>
      <div>
        {shown
          .filter((notice) => notice.isFailure)
          .map((notice) => (
            <NoticeBox key={notice.id} notice={notice} />
          ))}
      </div>
    </div>
  );
}

function NoticeBox({ notice }: { readonly notice: Notice }) {
  const { id, isFailure, message, remedy, requestId, undo } = notice;
  return (
    <div class={`notice ${isFailure ? 'bad' : 'good'}`} role={isFailure ? 'alert' : undefined}>
      <Icon name={isFailure ? 'alert' : 'check'} />
      <div class="notice-text">
        <p>{message}</p>
        {remedy !== null && <p class="muted">{remedy}</p>}
        {requestId !== null && <p class="muted small">{text.common.request(requestId)}</p>}
      </div>
      {undo !== null && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            dismiss(id);
            undo();
          }}
        >
          {text.common.undo}
        </button>
      )}
      <button type="button" class="quiet square" aria-label={text.common.dismiss} onClick={() => dismiss(id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}

/** A failure, shown in place of the missing content. */
export function FailureBox({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { message, remedy, requestId } = asFailure(error);
  return (
    <div class="box bad" role="alert">
      <Icon name="alert" />
      <div>
        <p>{message}</p>
        {remedy !== null && <p class="muted">{remedy}</p>}
        {requestId !== null && <p class="muted small">{text.common.request(requestId)}</p>}
        {retry !== undefined && (
          <button type="button" onClick={retry}>
            {text.common.retry}
          </button>
        )}
      </div>
    </div>
  );
}

/** A hint next to its subject. */
export function Hint({
  tone,
  children,
}: {
  readonly tone: 'warn' | 'bad' | 'info';
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`box ${tone}`}>
      <Icon name={tone === 'info' ? 'info' : 'alert'} />
      <div>{children}</div>
    </div>
  );
}
