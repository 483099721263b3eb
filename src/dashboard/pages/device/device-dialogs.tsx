import { useState } from 'preact/hooks';
import { Failure } from '../../api/client';
import type { FleetJson } from '../../../contract/fleet';
import { FormDialog } from '../../parts/dialog';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { PinField } from '../devices/pin-field';
import { KnownWords } from '../devices/known-words';
import { typedIn } from '../../parts/form-fields';
import { carryOut, type Subject } from './deed';

export interface DeviceDialogProps {
  readonly subject: Subject;
  readonly onClose: () => void;
}

export function HoldDialog({ subject, onClose }: DeviceDialogProps) {
  const { one, fields } = text.devices;
  const { id } = subject.device;
  return (
    <FormDialog
      title={one.holdTitle(id)}
      action={one.holdAction}
      onSubmit={(form) => carryOut(subject, 'hold', one.done.held(id), typedIn(form, 'value'))}
      onClose={onClose}
    >
      <label>
        {fields.reason}
        <textarea name="value" maxLength={200} />
        <span class="field-hint">{fields.holdHint(1)}</span>
      </label>
    </FormDialog>
  );
}

export function PinDialog({ subject, onClose }: DeviceDialogProps) {
  const { one, pinDialog } = text.devices;
  const { id, compatible } = subject.device;
  async function pin(form: FormData): Promise<void> {
    const bundle = typedIn(form, 'value');
    if (bundle === '') throw new Failure(pinDialog.noBundle(1), 0, 'invalid-input');
    await carryOut(subject, 'pin', one.done.pinned(id, bundle), bundle);
  }
  return (
    <FormDialog title={one.pinTitle(id)} action={one.pinAction} onSubmit={pin} onClose={onClose}>
      <PinField count={1} compatibles={new Set(compatible === null ? [] : [compatible])} />
    </FormDialog>
  );
}

export function ChannelDialog({ subject, onClose }: DeviceDialogProps) {
  const { one, fields } = text.devices;
  const { id, channel } = subject.device;
  const [channelAtFirst] = useState(channel);
  const { value: fleet } = useData<FleetJson>('/api/fleet', { isStale: () => false });
  async function move(form: FormData): Promise<void> {
    const to = typedIn(form, 'value');
    await carryOut(subject, 'channel', one.done.channel(id, to), to);
  }
  return (
    <FormDialog title={one.channelTitle(id)} action={one.channelAction} onSubmit={move} onClose={onClose}>
      <label>
        {fields.channel}
        <input
          name="value"
          required
          maxLength={64}
          defaultValue={channelAtFirst}
          list="known-channels"
          autocomplete="off"
        />
        <span class="field-hint">{fields.channelHint(1)}</span>
      </label>
      <KnownWords id="known-channels" of="channel" fleet={fleet} />
    </FormDialog>
  );
}

export function NotesDialog({ subject, onClose }: DeviceDialogProps) {
  const { one } = text.devices;
  const { id, notes } = subject.device;
  const [notesAtFirst] = useState(notes);
  return (
    <FormDialog
      title={one.notesTitle(id)}
      action={one.notesAction}
      isWide
      onSubmit={(form) => carryOut(subject, 'notes', one.done.notes, typedIn(form, 'value'))}
      onClose={onClose}
    >
      <label>
        {one.notes}
        <textarea name="value" rows={8} maxLength={2_000} defaultValue={notesAtFirst} />
      </label>
    </FormDialog>
  );
}

export function CancelDialog({ subject, onClose }: DeviceDialogProps) {
  const { one } = text.devices;
  const { id, installation } = subject.device;
  return (
    <FormDialog
      title={one.cancelTitle(installation?.bundle ?? '')}
      action={one.cancelAction}
      isDangerous
      onSubmit={() => carryOut(subject, 'cancel', one.done.cancelled)}
      onClose={onClose}
    >
      <p>{one.cancelHint(id)}</p>
    </FormDialog>
  );
}
