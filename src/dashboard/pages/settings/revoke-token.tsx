import { remove } from '../../api/client';
import { session } from '../../api/session';
import { linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { Hint, tell } from '../../parts/notices';
import { text } from '../../texts';

const words = text.settings.tokens;

interface RevokeTokenProps {
  readonly name: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function RevokeToken({ name, onDone, onClose }: RevokeTokenProps) {
  async function revoke(): Promise<void> {
    await remove(linkTo('api', 'tokens', name));
    tell(words.revoked(name));
    onDone();
  }
  return (
    <FormDialog
      title={words.revokeTitle(name)}
      action={words.revokeAction(name)}
      isDangerous
      onSubmit={revoke}
      onClose={onClose}
    >
      <p>{words.revokeWhat(name)}</p>
      {session.value?.token_required === true && session.value.name === name && (
        <Hint tone="warn">{words.revokeOwn}</Hint>
      )}
    </FormDialog>
  );
}
