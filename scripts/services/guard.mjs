// Ends the process groups and removes the folders that it was told of, once its input ends: when whoever started it asks for that,
// and just so when that process dies, however it dies. One JSON a line: {"group":PID,"signal":"SIGTERM"}, {"forget":PID}, {"folder":PATH}.
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** After that, a group that was asked to end is killed. */
const PATIENCE_MS = 15_000;
const groups = new Map();
const folders = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  if (told.group !== undefined) groups.set(told.group, told.signal);
  if (told.forget !== undefined) groups.delete(told.forget);
  if (told.folder !== undefined) folders.add(told.folder);
}

/** Whether any of the group was there to hear it. */
function tell(group, signal) {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}

for (const [group, signal] of groups) tell(group, signal);
const deadline = Date.now() + PATIENCE_MS;
const left = () => [...groups.keys()].filter((group) => tell(group, 0));
while (left().length > 0 && Date.now() < deadline) await delay(50);
for (const group of left()) tell(group, 'SIGKILL');
while (left().length > 0 && Date.now() < deadline + PATIENCE_MS) await delay(50);
for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
process.exitCode = left().length > 0 ? 1 : 0;
