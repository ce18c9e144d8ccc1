import { chooseFace } from '../../../src/ui/choose.ts';
import { board, DONE, FAILED, HALFWAY, log, paced } from './fake-operation.ts';
import { FakeStore } from './fake-store.ts';
import { realTerminal } from './terminal.ts';

const [what = 'wizard', ...flags] = process.argv.slice(2);
const terminal = realTerminal();
const face = await chooseFace({
  json: flags.includes('--json'),
  plain: flags.includes('--plain'),
  asks: !flags.includes('--yes'),
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  term: process.env.TERM,
  screenReader: flags.includes('--reader'),
  terminal,
});

switch (what) {
  case 'wizard':
    console.log(
      `ANSWER ${await face.review(Promise.resolve(new FakeStore(flags.includes('--live') ? { mode: 'live' } : {})))}`,
    );
    break;
  case 'confirm':
    console.log(`ANSWER ${await face.confirm('Build and start it now?', true)}`);
    break;
  case 'secret':
    console.log(`ANSWER ${String((await face.askSecret('Passphrase of the vault:'))?.length)}`);
    break;
  case 'done':
    console.log(`ANSWER ${await face.operation(paced(DONE, 80), () => {})}`);
    break;
  case 'fail':
    console.log(`ANSWER ${await face.operation(paced(FAILED, 30), () => {})}`);
    break;
  case 'burst':
    console.log(`ANSWER ${await face.operation(burst(), () => {})}`);
    break;
  case 'chatty':
    console.log(`ANSWER ${await face.operation(chatty(), () => {})}`);
    break;
  case 'hang': {
    let cancel = (): void => {};
    const cancelled = new Promise<void>((resolve) => {
      cancel = resolve;
    });
    console.log(`ANSWER ${await face.operation(hanging(cancelled), () => cancel())}`);
    break;
  }
  case 'board':
    await face.board(boards(), () => {});
    console.log('ANSWER left');
    break;
  case 'crash':
    setTimeout(() => {
      throw new Error('crash on purpose');
    }, 500);
    await face.review(Promise.resolve(new FakeStore()));
}

async function* hanging(cancelled: Promise<void>) {
  yield* paced(HALFWAY, 5);
  const alive = setInterval(() => {}, 1000);
  await cancelled;
  clearInterval(alive);
  yield* paced([{ type: 'ended', outcome: 'cancelled', truth: 'Nothing was changed.', next: [] } as const], 300);
}

/** A log that one can scroll in, of which more comes, and a failure after some seconds. */
async function* chatty() {
  yield* HALFWAY;
  for (let n = 0; n < 1000; n += 1) yield log('3', `line ${n} ${n % 100 === 0 ? 'a Hundred' : 'of many'}`);
  for (let n = 1000; n < 1040; n += 1) yield* paced([log('3', `line ${n} late`)], 100);
  yield* FAILED.slice(HALFWAY.length);
}

async function* burst() {
  yield* HALFWAY;
  const end = Date.now() + 3000;
  for (let n = 0; Date.now() < end; n += 1) yield log('3', `line ${n} of a program that says far too much`);
  yield { type: 'ended', outcome: 'done', truth: 'It stopped talking.', next: [] } as const;
}

async function* boards() {
  const start = Date.now() - 3 * 3_600_000;
  for (;;) {
    yield* paced([board('healthy', start), board('unhealthy', start)], 2000);
  }
}
