/** The bare page: lists bundles, uploads, activates, deactivates, deletes. All text goes in as text, never as HTML. */

const byId = (id) => document.getElementById(id);
const tokenKey = 'token';

const outcomes = {
  uploaded: 'is uploaded',
  released: 'is uploaded and current',
  activated: 'is current',
  deactivated: 'gets nothing any more',
  deleted: 'is deleted',
};

function headers() {
  const token = sessionStorage.getItem(tokenKey);
  return { Accept: 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
}

function tell(text) {
  byId('status').textContent = text;
  byId('failure').textContent = '';
}

function fail(problem) {
  byId('status').textContent = '';
  byId('failure').textContent = [
    problem.detail ?? problem.title,
    problem.remedy,
    problem.request_id && `Request ${problem.request_id}`,
  ]
    .filter(Boolean)
    .join('\n');
  if (problem.status === 401) byId('token-form').hidden = false;
}

function problemOf(status, text) {
  try {
    return { status, title: `The server answered ${status}`, ...JSON.parse(text) };
  } catch {
    return { status, title: `The server answered ${status}` };
  }
}

const unreachable = {
  status: 0,
  title: 'The server did not answer',
  remedy: 'Is it running? Was the connection cut?',
};

/** Returns the answer's JSON, or undefined when it failed: that has been shown then. */
async function call(method, path) {
  let response;
  try {
    response = await fetch(path, { method, headers: headers() });
  } catch {
    fail(unreachable);
    return undefined;
  }
  if (!response.ok) {
    fail(problemOf(response.status, await response.text()));
    return undefined;
  }
  return response.json();
}

async function act(path, name, outcome) {
  tell('…');
  if ((await call('POST', path)) === undefined) return;
  tell(`${name} ${outcomes[outcome]}.`);
  await showBundles();
}

function element(tag, text) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(text, label, onClick) {
  const made = element('button', text);
  made.type = 'button';
  made.setAttribute('aria-label', label);
  made.addEventListener('click', onClick);
  return made;
}

function sizeText(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}

function bundleItem(bundle) {
  const item = element('li');
  const path = encodeURIComponent(bundle.name);
  const facts = [
    bundle.compatible ?? 'compatible unknown',
    bundle.version === null ? 'no version' : `version ${bundle.version}`,
    bundle.format ?? 'format unknown',
    sizeText(bundle.size),
    bundle.verdict,
    new Date(bundle.uploaded_at).toLocaleString(),
  ];
  item.append(element('h3', bundle.name), element('p', facts.join(' · ')));
  for (const { message } of bundle.warnings) item.append(element('p', `Warning: ${message}`));
  for (const { compatible } of bundle.active_for) {
    const line = element('p', `Current for ${compatible} `);
    line.append(
      button('Deactivate', `Deactivate ${compatible}`, () => {
        if (confirm(`Offer nothing to ${compatible} any more?`)) {
          void act(`/deactivate/${encodeURIComponent(compatible)}`, compatible, 'deactivated');
        }
      }),
    );
    item.append(line);
  }
  const buttons = element('div');
  if (!bundle.active_for.some(({ compatible }) => compatible === bundle.compatible)) {
    buttons.append(
      button(
        'Activate',
        `Activate ${bundle.name}`,
        () => void act(`/activate/${path}`, bundle.name, 'activated'),
      ),
      ' ',
    );
  }
  if (bundle.active_for.length === 0) {
    buttons.append(
      button('Delete', `Delete ${bundle.name}`, () => {
        if (confirm(`Delete ${bundle.name}?`)) void act(`/delete/${path}`, bundle.name, 'deleted');
      }),
    );
  }
  item.append(buttons);
  return item;
}

async function showBundles() {
  const answer = await call('GET', '/api/bundles');
  if (answer === undefined) return;
  byId('token-form').hidden = true;
  byId('empty').hidden = answer.bundles.length > 0;
  byId('bundles').replaceChildren(...answer.bundles.map(bundleItem));
}

/** XMLHttpRequest, because fetch can't tell how much of an upload is sent. */
function upload(form) {
  const request = new XMLHttpRequest();
  const progress = byId('progress');
  const cancel = byId('cancel');
  const submit = form.querySelector('button');
  const cancelUpload = () => request.abort();
  progress.value = 0;
  progress.hidden = cancel.hidden = false;
  submit.disabled = true;
  cancel.addEventListener('click', cancelUpload);
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    progress.value = total > 0 ? loaded / total : 0;
    byId('status').textContent =
      loaded < total ? `${sizeText(loaded)} of ${sizeText(total)} sent` : 'Verifying…';
  });
  request.addEventListener('loadend', () => {
    progress.hidden = cancel.hidden = true;
    submit.disabled = false;
    cancel.removeEventListener('click', cancelUpload);
  });
  request.addEventListener('load', () => {
    if (request.status >= 300) {
      fail(problemOf(request.status, request.responseText));
      return;
    }
    const { bundle, created, release } = JSON.parse(request.responseText);
    form.reset();
    tell(
      `${bundle.name} ${created ? outcomes[release === null ? 'uploaded' : 'released'] : 'was here already, with the same bytes'}.`,
    );
    void showBundles();
  });
  request.addEventListener('error', () => fail(unreachable));
  request.addEventListener('abort', () => tell('The upload was cancelled: nothing is stored.'));
  request.open('POST', '/upload');
  for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
  tell('Sending…');
  request.send(new FormData(form));
}

byId('upload-form').addEventListener('submit', (event) => {
  event.preventDefault();
  upload(event.currentTarget);
});

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  sessionStorage.setItem(tokenKey, new FormData(form).get('token').trim());
  form.reset();
  tell('');
  void showBundles();
});

// What a form without JavaScript was redirected to.
const shown = new URLSearchParams(location.search);
const outcome = shown.get('done');
if (outcome !== null && Object.hasOwn(outcomes, outcome)) {
  tell(`${shown.get('name') ?? ''} ${outcomes[outcome]}.`);
  history.replaceState(null, '', '/');
}
void showBundles();
