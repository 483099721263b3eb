/** Tokens of hawkBit's clients: a device's own, or the gateway token. */
export const deviceTokens = {
  title: 'hawkBit token',
  gatewayTitle: 'hawkBit gateway token',
  gatewayHint:
    'For hawkBit clients that share one token. Anyone who has it can act as any device: prefer a token for each device.',
  off: 'HAWKBIT_PORT is not set: no device can use tokens yet.',
  none: 'No gateway token',
  made: 'Created',
  by: (actor: string) => `by ${actor}`,
  previous: 'Previous token',
  previousUntil: 'valid until',

  /** The name of a holder in sentences; `null` is the gateway. */
  of: (device: string | null) => (device === null ? 'the gateway token' : `the token of ${device}`),
  create: 'Create a hawkBit token …',
  createGateway: 'Create a gateway token',
  createTitle: (device: string | null) =>
    device === null ? 'Create a gateway token' : `Create a hawkBit token for ${device}`,
  createAction: 'Create the token',
  createWhat: (device: string | null) =>
    device === null
      ? 'Anyone who has this token can act as any device, and can add new ones.'
      : `${device} can then connect to HAWKBIT_PORT with this token instead of a certificate.`,
  show: 'Show',
  showOf: (token: string) => `Show ${token}`,
  shownTitle: (device: string | null) => (device === null ? 'Gateway token' : `Token of ${device}`),
  shownHint: 'Keep it secret. Administrators can show it again.',
  use: (device: string | null) =>
    `In the configuration of rauc-hawkbit-updater it is ${device === null ? 'gateway_token' : 'auth_token'}.`,
  rotate: 'Rotate …',
  rotateOf: (token: string) => `Rotate ${token}`,
  rotateTitle: (token: string) => `Rotate ${token}`,
  rotateWhat: 'A new token replaces it. Configure the new one before the old one expires.',
  overlap: 'The old token stays valid',
  overlaps: [
    [0, 'not at all'],
    [86_400, 'for a day'],
    [604_800, 'for a week'],
    [2_592_000, 'for 30 days'],
  ] as readonly (readonly [seconds: number, label: string])[],
  rotateAction: 'Rotate the token',
  remove: 'Remove',
  removeOf: (token: string) => `Remove ${token}`,
  removeTitle: (token: string) => `Remove ${token}?`,
  removeWhat: (device: string | null) =>
    `${device ?? 'Every device that uses it'} is refused at once, with the previous token as well. This cannot be undone.`,
  removeAction: 'Remove the token',
  removed: (device: string | null) =>
    device === null ? 'The gateway token is removed' : `The token of ${device} is removed`,
};
