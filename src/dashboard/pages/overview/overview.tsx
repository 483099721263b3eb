import { Page } from '../../parts/page';
import { text } from '../../texts';

export function OverviewPage() {
  return <Page title={text.frame.pages.overview}>{null}</Page>;
}
