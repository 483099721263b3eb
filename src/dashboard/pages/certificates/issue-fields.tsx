import type { ComponentChildren, Ref } from 'preact';
import { optional, typedIn } from '../../parts/form-fields';
import { text } from '../../texts';

const words = text.certificates;
const defaultDays = 3_650;

interface DeviceFieldsProps {
  /** Whether the focus of the dialog starts here. */
  readonly isFirst?: boolean;
  readonly idField?: Ref<HTMLInputElement>;
  readonly children?: ComponentChildren;
}

/** The fields of every device certificate. */
export function DeviceFields({ isFirst = false, idField, children }: DeviceFieldsProps) {
  return (
    <>
      <label>
        {words.device}
        <input
          {...(idField && { ref: idField })}
          name="id"
          autoFocus={isFirst}
          required
          maxLength={64}
          autocomplete="off"
          spellcheck={false}
        />
        <span class="field-hint">{words.deviceHint}</span>
      </label>
      <div class="fields two">
        <DaysField />
        {children}
      </div>
      <label>
        {words.compatible}
        <input name="compatible" maxLength={200} autocomplete="off" spellcheck={false} />
        <span class="field-hint">{words.compatibleHint}</span>
      </label>
      <label class="inline">
        <input name="force" type="checkbox" />
        {words.force}
      </label>
    </>
  );
}

export function DaysField() {
  return (
    <label>
      {words.days}
      <input name="days" type="number" min={1} max={36_500} required defaultValue={String(defaultDays)} />
    </label>
  );
}

/** The type of the key that the server makes. */
export function KeyField() {
  return (
    <label>
      {words.keyType}
      <select name="key">
        {Object.entries(words.keyTypes).map(([type, label]) => (
          <option key={type} value={type}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The typed values, as a request to the server. */
export function issueFields(fields: FormData) {
  const { compatible } = optional(fields, 'compatible');
  return {
    id: typedIn(fields, 'id'),
    days: Number(typedIn(fields, 'days')),
    ...(compatible === undefined ? {} : { compatibles: [compatible] }),
    ...(fields.has('force') ? { force: true } : {}),
  };
}
