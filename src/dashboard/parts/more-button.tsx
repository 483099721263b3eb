import { useState } from 'preact/hooks';

interface MoreButtonProps {
  readonly label: string;
  /** `null` when there is no more. */
  readonly more: (() => Promise<void>) | null;
}

export function MoreButton({ label, more }: MoreButtonProps) {
  const [isBusy, setBusy] = useState(false);
  if (more === null) return null;
  return (
    <p class="more">
      <button
        type="button"
        aria-disabled={isBusy}
        onClick={() => {
          if (isBusy) return;
          setBusy(true);
          void more().finally(() => setBusy(false));
        }}
      >
        {label}
      </button>
    </p>
  );
}
