import { render } from 'preact';
import { App } from './app';
import { drawBelowBase } from './base';
import { startLive } from './live';
import { followLinks } from './location';
import { guardUploads } from './uploads';

drawBelowBase();
followLinks();
startLive();
guardUploads();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
