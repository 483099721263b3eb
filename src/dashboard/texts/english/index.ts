import { bundles } from './bundles';
import { certificates } from './certificates';
import { deviceTokens } from './device-tokens';
import { devices } from './devices';
import { events } from './events';
import { common, failure, frame, login, state } from './frame';
import { kit } from './kit';
import { overview } from './overview';
import { rollouts } from './rollouts';
import { settings } from './settings';

export const english = {
  common,
  failure,
  frame,
  login,
  kit,
  state,
  overview,
  bundles,
  devices,
  deviceTokens,
  rollouts,
  certificates,
  events,
  settings,
};
