import type { OperationEvent } from '../../events/operation.ts';
import { glyphs } from '../glyphs.ts';
import { follow } from '../live.ts';
import { NO_STOP } from '../no-stop.ts';
import { once } from '../once.ts';
import { outcomeOf, type Progress, stageName, timeLeft } from '../progress.ts';
import { ending, report } from '../report.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cut, foldedWords } from '../words.ts';
import { type Meeting, meetAt } from './desk.ts';
import type { Spinner } from './spinner.ts';

/** Shows an operation as lines that stay, with one that moves below them. */
export async function operatePlainly(
  events: AsyncIterable<OperationEvent>,
  cancel: () => void,
  { output, looks, now, onInterrupt, onSuspend }: Terminal,
  spinner: Spinner,
  meeting?: Meeting,
): Promise<'done' | 'failed' | 'cancelled'> {
  const signs = glyphs(looks.unicode);
  let cancelling = false;
  const forget = onInterrupt(
    once(() => {
      cancelling = true;
      spinner.keep({ sign: signs.open, text: 'Cancelling' });
      cancel();
    }),
  );
  // Engine and lock would go on without us, and nobody be told.
  const job = onSuspend(nothing, nothing, () => {
    spinner.keep({ sign: signs.open, text: NO_STOP });
    return true;
  });
  const met = meeting && meetAt(meeting, spinner);
  const told = report(signs, now, { counts: spinner.still === true });
  let shown = '';
  try {
    await follow(events, (event) => {
      const lines = told.see(event);
      for (const line of lines) spinner.keep(line);
      const doing = doingOf(told.progress(), now());
      const words = cancelling && doing !== '' ? `Cancelling: ${doing}` : doing;
      if (words === '' || (words === shown && lines.length === 0)) return;
      shown = words;
      spinner.show(cut(clean(words), (output.columns || 80) - 4, signs.more));
    });
  } finally {
    met?.();
    spinner.stop();
    job.forget();
    forget();
  }
  for (const line of ending(told.progress())) output.write(`${foldedWords(line, output.columns || 80)}\n`);
  return outcomeOf(told.progress().operation.outcome);
}

function nothing(): void {}

/** What is at work, in one line. */
export function doingOf(progress: Progress, now: number): string {
  const { operation } = progress;
  const step = operation.steps.find(({ state }) => state === 'running');
  if (!step) return '';
  const stage = operation.build.stages.find(({ state }) => state === 'running');
  if (!stage) return step.text === '' ? step.title : `${step.title}: ${step.text}`;
  const units = stage.units ? `, ${stage.units.done} of ${stage.units.total} crates` : '';
  const left = timeLeft(progress, now);
  return `${step.title}: ${stageName(stage)}${units}${left === '' ? '' : `, ${left}`}`;
}
