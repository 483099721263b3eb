import { useRef } from 'preact/hooks';
import { text } from '../texts';
import { addUploads } from '../uploads';
import { Icon } from './icon';

interface UploadButtonProps {
  /** Its class; `primary`, because most pages have no more important button. */
  readonly look?: string;
}

/** Asks for bundles to upload. */
export function UploadButton({ look = 'primary' }: UploadButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={look} onClick={() => input.current?.click()}>
        <Icon name="up" />
        {text.bundles.upload}
      </button>
      <input
        ref={input}
        type="file"
        accept=".raucb"
        multiple
        hidden
        aria-label={text.bundles.upload}
        onChange={({ currentTarget }) => {
          addUploads(currentTarget.files ?? []);
          currentTarget.value = ''; // so that the same file can be chosen again
        }}
      />
    </>
  );
}
