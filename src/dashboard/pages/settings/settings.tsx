import { useEffect } from 'preact/hooks';
import { may, session } from '../../api/session';
import type { AboutJson } from '../../../contract/server';
import { Hint } from '../../parts/notices';
import { Page } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { About } from './about';
import { Configuration } from './configuration';
import { GatewayToken } from './gateway-token';
import { Servers } from './servers';
import { Tokens } from './tokens';
import { Webhooks } from './webhooks';

const words = text.settings;
/** For the uptime and the stored data; nothing else here changes. */
const refreshMs = 30_000;

/** Who may use this server, where it sends events, and how it is configured. */
export function SettingsPage() {
  const about = useData<AboutJson>('/api/about', { isStale: () => false, everyMs: refreshMs });
  const isAdmin = may('admin');
  const hasServers = (about.value?.servers.length ?? 0) > 0;
  const isThere = about.value !== null;
  // The target of a link may be rendered only after the server has answered.
  useEffect(() => document.getElementById(location.hash.slice(1))?.scrollIntoView(), [isThere]);
  const sections = [
    ...(isAdmin ? (['tokens', 'gateway', 'webhooks'] as const) : []),
    'about' as const,
    ...(hasServers ? (['servers'] as const) : []),
    'configuration' as const,
  ];
  return (
    <Page title={text.frame.pages.settings}>
      <nav class="anchors" aria-label={words.sections}>
        {sections.map((section) => (
          <a key={section} href={`#${section}`}>
            {section === 'gateway' ? text.deviceTokens.gatewayTitle : words[section].title}
          </a>
        ))}
      </nav>
      {isAdmin ? (
        <>
          <Tokens />
          <GatewayToken about={about} />
          <Webhooks />
        </>
      ) : (
        <Hint tone="info">{words.onlyAdmin(session.value?.scopes.at(-1) ?? 'read')}</Hint>
      )}
      <About about={about} />
      <Servers about={about} />
      <Configuration about={about} />
    </Page>
  );
}
