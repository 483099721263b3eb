'use strict';
// Preloaded into a server under measurement: records a CPU profile of its main thread between two SIGUSR2, and writes it to the folder
// PROFILE_FOLDER as `PID.cpuprofile`.
const { renameSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const path = require('node:path');
const { isMainThread } = require('node:worker_threads');

const samplingMicroseconds = 250;

if (isMainThread) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
  let isRecording = false;
  process.on('SIGUSR2', () => {
    isRecording = !isRecording;
    if (isRecording) session.post('Profiler.start');
    else
      session.post('Profiler.stop', (_error, { profile }) => {
        const file = path.join(process.env.PROFILE_FOLDER, `${process.pid}.cpuprofile`);
        writeFileSync(`${file}.part`, JSON.stringify(profile));
        renameSync(`${file}.part`, file); // so that readers find all of it
      });
  });
}
