import { useState } from 'preact/hooks';
import { session } from '../api/session';
import { text } from '../texts';
import { tellFailure } from './notices';
import { Unbroken } from './unbroken';

/** The page's texts use this name for the command line. */
const program = 'rauc-simple-server';

/** A command line to copy, in the form that works in the server's folder. */
export function Command({ line }: { readonly line: string }) {
  const command = session.value?.command ?? program;
  const typed = line.startsWith(`${program} `) ? `${command}${line.slice(program.length)}` : line;
  return (
    <div class="command">
      <code>
        <Unbroken words={typed} />
      </code>
      <CopyButton value={typed} />
    </div>
  );
}

interface CopyButtonProps {
  readonly value: string;
  readonly onCopied?: (() => void) | undefined;
}

export function CopyButton({ value, onCopied }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    try {
      await writeClipboard(value);
      setCopied(true);
      onCopied?.();
      setTimeout(() => setCopied(false), 2_000);
    } catch (error) {
      tellFailure(error);
    }
  }
  return (
    <button type="button" class="quiet small" onClick={() => void copy()}>
      {isCopied ? text.common.copied : text.common.copy}
    </button>
  );
}

/** Browsers allow the clipboard only on localhost and with TLS; the older way works on plain HTTP. */
async function writeClipboard(value: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(value);
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = value;
  area.className = 'off-screen';
  // Nothing behind an open dialog can be selected.
  ([...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body).append(area);
  area.select();
  // Deprecated by the standard, which has no alternative for pages without TLS.
  const page: { execCommand(command: 'copy'): boolean } = document;
  const isCopied = page.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!isCopied) throw new Error(text.common.notCopied);
}

/** A secret that is shown once. */
export function Secret({ value, onCopied }: CopyButtonProps) {
  return (
    <div class="command">
      <code class="secret">{value}</code>
      <CopyButton value={value} onCopied={onCopied} />
    </div>
  );
}
