import type { OperationEvent } from '../../events/operation.ts';
import { glyphs } from '../glyphs.ts';
import { follow } from '../live.ts';
import { once } from '../once.ts';
import { foldProgress, NO_PROGRESS, outcomeOf, type Progress, stageName } from '../progress.ts';
import { ending, newLines } from '../report.ts';
import type { Terminal } from '../terminal.ts';
import { cut } from '../words.ts';
import type { Spinner } from './spinner.ts';

/** Shows an operation as lines that stay, with one that moves below them. */
export async function operatePlainly(
  events: AsyncIterable<OperationEvent>,
  cancel: () => void,
  { output, looks, now, onInterrupt }: Terminal,
  spinner: Spinner,
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
  let progress = NO_PROGRESS;
  let shown = '';
  try {
    await follow(events, (event) => {
      const next = foldProgress(progress, event, now());
      const lines = newLines(progress, next, event, now(), signs);
      for (const line of lines) spinner.keep(line);
      progress = next;
      const doing = cancelling ? `Cancelling: ${doingOf(progress)}` : doingOf(progress);
      if (doing === '' || (doing === shown && lines.length === 0)) return;
      shown = doing;
      spinner.show(cut(doing, (output.columns || 80) - 4, signs.more));
    });
  } finally {
    spinner.stop();
    forget();
  }
  for (const line of ending(progress)) output.write(`${line}\n`);
  return outcomeOf(progress.operation.outcome);
}

/** What is at work, in one line. */
export function doingOf({ operation }: Progress): string {
  const step = operation.steps.find(({ state }) => state === 'running');
  if (!step) return '';
  const stage = operation.build.stages.find(({ state }) => state === 'running');
  if (!stage) return step.text === '' ? step.title : `${step.title}: ${step.text}`;
  const units = stage.units ? `, ${stage.units.done} of ${stage.units.total} crates` : '';
  return `${step.title}: ${stageName(stage)}${units}`;
}
