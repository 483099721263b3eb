import { Page } from '../../parts/page';
import { text } from '../../texts';

export function BundlesPage() {
  return <Page title={text.frame.pages.bundles}>{null}</Page>;
}
