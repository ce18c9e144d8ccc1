import { readFileSync } from 'node:fs';

const FOLDER = new URL('../recordings/', import.meta.url).pathname;

/** The id in the recordings. */
export const STACK_ID = 'algo-trade-c0ffee';

/** A build, as BuildKit told it (`docker compose --progress=json build` on a real engine). */
export type Build = 'build-ok' | 'build-fail';

interface Message {
  readonly logs?: readonly { readonly data: string; readonly timestamp: string }[];
}

/** Where in a recorded build a text is printed first: the line, and when it was. */
function moment(build: Build, text: string): { readonly line: number; readonly time: string } {
  const lines = readFileSync(`${FOLDER}${build}.jsonl`, 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    // The recording is ours.
    const { logs = [] } = JSON.parse(line) as Message;
    const found = logs.find(({ data }) => Buffer.from(data, 'base64').toString().includes(text));
    if (found) return { line: index + 1, time: found.timestamp };
  }
  throw new Error(`${build} never prints ${text}`);
}

/** `docker` plays a recorded build to its end. */
export function buildTo(build: Build): string {
  const ok = build === 'build-ok';
  const { time } = moment(build, ok ? 'Finished' : 'build failed');
  const end = ok ? 'exit 0' : `cat ${FOLDER}build-fail.stderr >&2; exit 1`;
  return `  *--progress=json*build*) ${setClock(time)}; cat ${FOLDER}${build}.jsonl; ${end} ;;\n`;
}

/** `docker` plays a recorded build until a text is printed, at the time when it was, and then builds for ever. */
export function buildUntil(build: Build, text: string): string {
  const { line, time } = moment(build, text);
  return `  *--progress=json*build*) ${setClock(time)}; head -n ${line} ${FOLDER}${build}.jsonl; exec sleep 600 ;;\n`;
}

function setClock(time: string): string {
  return `printf %s '${time}' >"$TRADING_SETUP_TEST_CLOCK"`;
}

/** The containers of the stack as the engine showed them. */
export function containers(recorded: 'board-healthy' | 'board-starting' | 'board-unhealthy'): string {
  return `
  container\\ ls*) echo one ;;
  container\\ inspect*) cat ${FOLDER}${recorded}.json ;;
`;
}

/** The same, made from the very images and settings that a start would take now: nothing waits to be deployed. */
export function asDeployed(recorded: 'board-healthy'): string {
  // The recording is ours.
  const made = JSON.parse(readFileSync(`${FOLDER}${recorded}.json`, 'utf8')) as readonly Made[];
  const cases = made.map(({ Image: id, Config: { Image: image, Labels: labels } }) => {
    const service = labels['com.docker.compose.service'];
    const hash = labels['com.docker.compose.config-hash'];
    return `
  image\\ inspect*${image}*) echo '[{"Id":"${id}"}]' ;;
  *config\\ --hash*\\ ${service}) echo '${service} ${hash}' ;;`;
  });
  return `${containers(recorded)}${cases.join('')}\n`;
}

interface Made {
  readonly Image: string;
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
}

/** An engine that takes volumes, secrets and containers, and on which the stack has been started. */
export function deployable(state: string): string {
  return `
  *compose*config*json*) cat ${FOLDER}config.json ;;
  volume\\ inspect*) for name; do :; done
    if [ -f ${state}/$name ]; then cat ${state}/$name
    else echo "Error response from daemon: get $name: no such volume" >&2; exit 1; fi ;;
  volume\\ create*) for name; do :; done
    printf '[{"Name":"%s","Driver":"local","Labels":{"trading-setup.stack":"${STACK_ID}","trading-setup.volume":"%s"},"Scope":"local"}]' \\
      "$name" "\${name#${STACK_ID}_}" >${state}/$name
    echo "$name" ;;
  volume\\ ls*-q*) ls ${state} ;;
  volume\\ ls*) for name in $(ls ${state}); do printf '{"Name":"%s","Labels":""}\\n' "$name"; done ;;
  image\\ inspect*) echo '[{"Id":"sha256:0972f9e1ef0bcd75de05577874228624f7203bc572826bf1b2693cf9b3a349ee"}]' ;;
  container\\ create*) echo 69425f773e07d02200bb3f3f4460eb65036c1396052915deb1df29054f72affa ;;
  container\\ rm*) ;;
  cp\\ -*) cat >/dev/null ;;
  cp*) echo "Error response from daemon: Could not find the file /volume/.delivery in container" >&2; exit 1 ;;
  *--progress=json*up*) ${setClock('2026-11-22T08:09:06.000Z')}; cat ${FOLDER}up.stderr >&2 ;;
`;
}
