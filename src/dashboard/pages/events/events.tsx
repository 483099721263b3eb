import { Page } from '../../parts/page';
import { text } from '../../texts';

export function EventsPage() {
  return <Page title={text.frame.pages.events}>{null}</Page>;
}
