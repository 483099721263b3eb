import { render } from 'preact';
import { App } from './app';
import { drawBelowBase } from './base';
import { keepFocus } from './keep-focus';
import { startLive } from './live';
import { followLinks } from './location';
import { startNotices } from './parts/notices';
import { guardUploads } from './uploads';

drawBelowBase();
followLinks();
startLive();
guardUploads();
keepFocus();
startNotices();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
