import { stateWords } from '../../../contract/state-looks';
import { formatCount } from '../../locale';

/** Words of the frame, and words that all pages use. */
export const frame = {
  product: 'RAUC Simple Server',
  skip: 'Skip to content',
  navigation: 'Main',
  collapse: 'Collapse the sidebar',
  expand: 'Expand the sidebar',
  openMenu: 'Open the menu',
  closeMenu: 'Close the menu',
  signOut: 'Sign out',
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  live: { live: 'Live', waiting: 'Not live: reconnecting …', off: 'Not live' },
  liveHint: {
    live: 'Changes appear as they happen',
    waiting: 'The server does not answer. This page may be out of date.',
    off: 'This page may be out of date',
  },
  pages: {
    overview: 'Overview',
    bundles: 'Bundles',
    devices: 'Devices',
    rollouts: 'Rollouts',
    certificates: 'Certificates',
    events: 'Events',
    settings: 'Settings',
  },
  notFound: 'Page not found',
  notFoundHint: 'The address may be outdated or mistyped.',
  toOverview: 'Go to the overview',
  broken: 'This page has crashed',
  brokenHint:
    'The error is in the page itself. Nothing on the server has changed. Reload the page to continue.',
  reload: 'Reload',
  notices: 'Messages',
  version: (version: string) => `Version ${version}`,
};

export const login = {
  title: 'Sign in',
  token: 'Admin token',
  submit: 'Sign in',
  hint: 'This server requires an admin token. Its administrator can create one with:',
  none: 'There is no token yet. Create one in a terminal on the server:',
  command: 'rauc-simple-server token create you --scope admin',
  again: 'Sign in again',
  over: 'Your session has ended. Sign in to continue. Nothing that you typed is lost.',
  leave: 'Leave this page',
};

export const common = {
  loading: 'Loading …',
  stale: 'Cannot refresh this. It may be out of date.',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  undo: 'Undo',
  copy: 'Copy',
  copied: 'Copied',
  secretNotCopied:
    'You have not copied it yet, and it will not be shown again. Copy it before you close this.',
  closeUncopied: 'Close without copying',
  notCopied: 'The browser does not allow copying. Select the text and copy it yourself.',
  none: '—',
  unknown: 'unknown',
  never: 'never',
  more: 'More',
  next: 'Next',
  pages: 'Pages',
  previous: 'Previous',
  firstPage: 'First page',
  ascending: 'sorted ascending',
  descending: 'sorted descending',
  yes: 'Yes',
  no: 'No',
  dismiss: 'Dismiss',
  request: (id: string) => `Request ${id}`,
  utc: (moment: string) => `${moment} UTC`,
  count: (n: number, one: string, many: string) => `${formatCount(n)} ${n === 1 ? one : many}`,
};

interface ProxyWords {
  readonly says: string;
  readonly remedy: string;
}

const noServer =
  'Check that the server is running and that the proxy forwards to the address of its admin listener.';

export const failure = {
  unreachable: 'The server does not answer',
  unreachableRemedy: 'Check that the server is running, then retry.',
  status: (status: number) => `The server answered ${status}`,
  byProxy: (proxy: string | null, says: string, status: number) =>
    `A proxy in front of the server${proxy === null ? '' : ` (${proxy})`} ${says}: HTTP ${status}`,
  /** The meaning of a proxy's own answers, by status. */
  proxy: {
    413: {
      says: 'refuses a request of this size',
      remedy: 'Raise its limit: client_max_body_size in nginx, max_size of request_body in Caddy.',
    },
    502: { says: 'got no valid answer from the server', remedy: noServer },
    503: { says: 'has no server to forward to', remedy: noServer },
    504: {
      says: 'gave up waiting for the server',
      remedy: 'Raise its timeout: proxy_read_timeout in nginx, response_header_timeout in Caddy.',
    },
  } as Readonly<Record<number, ProxyWords>>,
  otherProxy: {
    says: 'answered instead of it',
    remedy: 'Reload the page: the proxy may require you to sign in.',
  } satisfies ProxyWords,
};

/** The words of states; a missing one is shown as in the API. */
export const state = stateWords;
