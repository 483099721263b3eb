import { Page } from '../../parts/page';
import { text } from '../../texts';

export function CertificatesPage() {
  return <Page title={text.frame.pages.certificates}>{null}</Page>;
}
