import { Page } from '../../parts/page';
import { text } from '../../texts';

export function SettingsPage() {
  return <Page title={text.frame.pages.settings}>{null}</Page>;
}
