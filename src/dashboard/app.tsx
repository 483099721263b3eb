import { Component, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { askSession } from './api/ask-session';
import { asFailure, type Failure } from './api/client';
import { needsLogin, needsLoginAgain, session } from './api/session';
import { Frame } from './frame/frame';
import { address } from './location';
import { EmptyState, Page } from './parts/page';
import { FailureBox } from './parts/notices';
import { BundlePage } from './pages/bundle/bundle';
import { BundlesPage } from './pages/bundles/bundles';
import { CertificatesPage } from './pages/certificates/certificates';
import { DevicePage } from './pages/device/device';
import { DevicesPage } from './pages/devices/devices';
import { EventsPage } from './pages/events/events';
import { LoginPage } from './pages/login/login';
import { SignInAgain } from './pages/login/sign-in-again';
import { OverviewPage } from './pages/overview/overview';
import { RolloutPage } from './pages/rollout/rollout';
import { RolloutsPage } from './pages/rollouts/rollouts';
import { SettingsPage } from './pages/settings/settings';
import { text } from './texts';

/** The whole page: sign-in first, then what the address shows. */
export function App() {
  const [failure, setFailure] = useState<Failure | null>(null);
  async function ask(): Promise<void> {
    try {
      await askSession();
      setFailure(null);
    } catch (error) {
      setFailure(asFailure(error));
    }
  }
  useEffect(() => void ask(), []);
  if (session.value === null) {
    return (
      <main class="plain">{failure !== null && <FailureBox error={failure} retry={() => void ask()} />}</main>
    );
  }
  if (needsLogin.value) return <LoginPage />;
  const { path } = address.value;
  return (
    <Frame>
      <Safeguard key={path.join('/')}>{pageOf(path)}</Safeguard>
      {needsLoginAgain.value && <SignInAgain />}
    </Frame>
  );
}

function pageOf(path: readonly string[]) {
  const [section, id, rest] = path;
  if (rest !== undefined) return <NotFoundPage />;
  if (section === undefined) return <OverviewPage />;
  if (id !== undefined) {
    if (section === 'bundles') return <BundlePage name={id} />;
    if (section === 'devices') return <DevicePage id={id} />;
    if (section === 'rollouts') return <RolloutPage id={id} />;
    return <NotFoundPage />;
  }
  switch (section) {
    case 'bundles':
      return <BundlesPage />;
    case 'devices':
      return <DevicesPage />;
    case 'rollouts':
      return <RolloutsPage />;
    case 'certificates':
      return <CertificatesPage />;
    case 'events':
      return <EventsPage />;
    case 'settings':
      return <SettingsPage />;
    default:
      return <NotFoundPage />;
  }
}

function NotFoundPage() {
  return (
    <Page title={text.frame.notFound}>
      <EmptyState title={text.frame.notFoundHint}>
        <p>
          <a href="/">{text.frame.toOverview}</a>
        </p>
      </EmptyState>
    </Page>
  );
}

/** An error in one page leaves the frame working, and is shown. */
class Safeguard extends Component<
  { readonly children: ComponentChildren },
  { readonly error: Error | null }
> {
  override state: { readonly error: Error | null } = { error: null };

  static override getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Page title={text.frame.broken}>
        <EmptyState title={text.frame.brokenHint}>
          <p class="muted">{error.message}</p>
          <button type="button" onClick={() => location.reload()}>
            {text.frame.reload}
          </button>
        </EmptyState>
      </Page>
    );
  }
}
