import { Page } from '../../parts/page';
import { text } from '../../texts';

export function DevicesPage() {
  return <Page title={text.frame.pages.devices}>{null}</Page>;
}
