// A second network on this machine: a namespace with one end of a cable, and Chromium inside of it. What runs there has an address of
// its own and reaches this machine by that cable alone, as a phone at home does.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'marquee-';
const ip = (...args) => execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Namespaces of runs that were killed before they could clean up. */
function sweep() {
  for (const line of ip('netns', 'list').split('\n')) {
    const name = line.split(' ')[0];
    const pid = Number(name.startsWith(PREFIX) && name.slice(PREFIX.length));
    if (!pid) continue;
    try { process.kill(pid, 0); } catch (error) { if (error.code === 'ESRCH') ip('netns', 'del', name); }
  }
}

/** Lays the cable. Throws where namespaces are not permitted. `here` and `there` are the addresses of its ends. */
export function openNetwork() {
  sweep();
  const name = `${PREFIX}${process.pid}`;
  const [near, far] = [`mqh${process.pid}`, `mqp${process.pid}`];
  const folder = mkdtempSync(join(tmpdir(), 'marquee-network-'));
  let made = false;
  const close = () => {
    process.off('exit', close);
    // The namespace would live on while anything runs in it; without its cable it is of no harm.
    if (made) for (const args of [['link', 'del', near], ['netns', 'del', name]]) try { ip(...args); } catch { /* gone already */ }
    rmSync(folder, { recursive: true, force: true });
    made = false;
  };
  process.on('exit', close);
  try {
    ip('netns', 'add', name);
    made = true;
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
    const taken = ip('-4', 'addr', 'show');
    const free = Array.from({ length: 250 }, (_, i) => `10.213.${(process.pid + i) % 250}`).find((net) => !taken.includes(`${net}.`));
    const [here, there] = [`${free}.1`, `${free}.2`];
    ip('addr', 'add', `${here}/24`, 'dev', near);
    ip('link', 'set', near, 'up');
    ip('-n', name, 'addr', 'add', `${there}/24`, 'dev', far);
    ip('-n', name, 'link', 'set', far, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    /** A program that runs another one inside, for whoever takes only a path. */
    const inside = (program) => {
      const path = join(folder, 'inside');
      writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${name} "${program}" "$@"\n`, { mode: 0o755 });
      return path;
    };
    return { here, there, inside, close };
  } catch (error) {
    close();
    throw error;
  }
}
