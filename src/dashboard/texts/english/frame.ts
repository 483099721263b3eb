import { stateWords } from '../../../contract/state-looks';
import { formatCount } from '../../locale';

/** The frame of the page, and words that all pages use. */
export const frame = {
  product: 'RAUC Simple Server',
  skip: 'Skip to the content',
  navigation: 'Main',
  collapse: 'Collapse the sidebar',
  expand: 'Expand the sidebar',
  openMenu: 'Open the menu',
  closeMenu: 'Close the menu',
  signOut: 'Sign out',
  theme: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  live: { live: 'Live', waiting: 'Not live: connecting again …', off: 'Not live' },
  liveHint: {
    live: 'Changes show as they happen',
    waiting: 'The server does not answer. What you see may be old.',
    off: 'What you see may be old',
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
  notFound: 'There is no such page',
  notFoundHint: 'The address may be old or mistyped.',
  toOverview: 'Go to the overview',
  broken: 'This page stopped',
  brokenHint: 'An error in the page itself. Reload it; nothing on the server has changed.',
  reload: 'Reload',
  notices: 'Messages',
  version: (version: string) => `Version ${version}`,
};

export const login = {
  title: 'Sign in',
  token: 'Admin token',
  submit: 'Sign in',
  hint: 'This server asks for a token. Whoever runs it makes one with:',
  none: 'There is no token yet. Make one in a terminal on the server:',
  command: 'rauc-simple-server token create you --scope admin',
  again: 'Sign in again',
  over: 'Your session has ended. Sign in to go on: what you see and what you have typed stays.',
  leave: 'Leave this page',
};

export const common = {
  loading: 'Loading …',
  stale: 'This may be old: it could not be read again.',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  undo: 'Undo',
  copy: 'Copy',
  copied: 'Copied',
  secretNotCopied: 'It is not copied yet, and it is not shown again. Copy it before you close this.',
  closeUncopied: 'Close without copying',
  notCopied: 'The browser did not let the page copy it: select it and copy it by hand',
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

const noServer = 'Is the server running? Check that the proxy passes to the address of its admin listener.';

export const failure = {
  unreachable: 'The server does not answer',
  unreachableRemedy: 'Is it running? It is tried again when you do it again.',
  status: (status: number) => `The server answered ${status}`,
  byProxy: (proxy: string | null, says: string, status: number) =>
    `A proxy in front of the server${proxy === null ? '' : ` (${proxy})`} ${says}: HTTP ${status}`,
  /** What a proxy means by an answer of its own, by its status. */
  proxy: {
    413: {
      says: 'takes no request of this size',
      remedy: 'Raise its limit: client_max_body_size in nginx, max_size of request_body in Caddy.',
    },
    502: { says: 'gets no good answer from the server', remedy: noServer },
    503: { says: 'has no server to ask', remedy: noServer },
    504: {
      says: 'did not wait for the server to answer',
      remedy: 'Raise its timeout: proxy_read_timeout in nginx, response_header_timeout in Caddy.',
    },
  } as Readonly<Record<number, ProxyWords>>,
  otherProxy: {
    says: 'answered in its place',
    remedy: 'Reload the page: the proxy may want you to sign in there.',
  } satisfies ProxyWords,
};

/** The words of states; what is missing here is shown as the API says it. */
export const state = stateWords;
