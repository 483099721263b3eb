import { useState } from 'preact/hooks';
import { may } from '../../api/session';
import { goTo, linkTo } from '../../location';
import { Page } from '../../parts/page';
import { ReleaseForm } from '../../parts/release-form';
import { text } from '../../texts';

export function RolloutsPage() {
  const [isReleasing, setReleasing] = useState(false);
  return (
    <Page
      title={text.frame.pages.rollouts}
      actions={
        may('publish') && (
          <button type="button" class="primary" onClick={() => setReleasing(true)}>
            {text.rollouts.form.titleChoose}
          </button>
        )
      }
    >
      {isReleasing && (
        <ReleaseForm
          bundle={null}
          compatible={null}
          onClose={() => setReleasing(false)}
          onDone={({ id }) => goTo(linkTo('rollouts', id))}
        />
      )}
    </Page>
  );
}
