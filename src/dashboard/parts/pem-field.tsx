import { useRef, useState } from 'preact/hooks';
import { takesDrop } from './file-drop';
import { Hint } from './notices';

const maxSize = 32_768;

interface PemFieldProps {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  readonly fileLabel: string;
  /** Which files a file chooser shows. */
  readonly accept: string;
  /** The message for a file that is too large to be a PEM file. */
  readonly tooLarge: string;
  readonly isRequired?: boolean;
  /** Whether the focus of the dialog starts here. */
  readonly isFirst?: boolean;
  readonly onText?: (pem: string) => void;
}

/** PEM that is pasted, chosen as a file or dropped. */
export function PemField(props: PemFieldProps) {
  const { name, label, placeholder, fileLabel, accept, tooLarge, isRequired, isFirst, onText } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const [isTooLarge, setTooLarge] = useState(false);

  async function take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    setTooLarge(file.size > maxSize);
    if (file.size > maxSize || field.current === null) return;
    const pem = await file.text();
    field.current.value = pem;
    onText?.(pem);
  }

  return (
    <div class="stack" {...takesDrop((file) => void take(file))}>
      <label>
        {label}
        <textarea
          ref={field}
          name={name}
          autoFocus={isFirst}
          class="mono pem"
          required={isRequired}
          maxLength={maxSize}
          spellcheck={false}
          placeholder={placeholder}
          onInput={(event) => onText?.(event.currentTarget.value)}
        />
      </label>
      <label>
        {fileLabel}
        <input type="file" accept={accept} onChange={(event) => void take(event.currentTarget.files?.[0])} />
      </label>
      {isTooLarge && <Hint tone="bad">{tooLarge}</Hint>}
    </div>
  );
}
