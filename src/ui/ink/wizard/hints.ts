import type { Glyphs } from '../../glyphs.ts';
import type { Hint } from '../parts/KeyHints.tsx';
import { type Item, itemOf } from './items.ts';
import { onReview, type WizardView } from './view.ts';

/** The keys that matter where the cursor is, the way out last. */
export function hintsOf(view: WizardView, { up, down }: Pick<Glyphs, 'up' | 'down'>): readonly Hint[] {
  const arrows = `${up}${down.length > 1 ? ' ' : ''}${down}`;
  const move: Hint = [arrows, 'move'];
  const { overlay, editing } = view;
  const quit: Hint = ['ctrl-c', view.setup.unkept ? 'quit' : 'quit, draft kept'];
  if (overlay?.kind === 'help') return [[arrows, 'scroll'], ['esc', 'back'], quit];
  if (overlay)
    return [[arrows, 'scroll'], ['n p', 'change'], ['tab', 'next file'], decide(itemOf(view)), ['esc', 'back'], quit];
  if (editing?.kind === 'choice') return [move, ['enter', 'take'], ['esc', 'leave'], quit];
  if (editing) return [['enter', 'keep'], ['esc', 'leave'], quit];
  const open: readonly Hint[] = view.setup.open > 0 ? [['o', 'next open']] : [];
  const item = itemOf(view);
  const back: readonly Hint[] = onReview(view) && view.trail.length === 0 ? [] : [['esc', 'back']];
  return [move, ['enter', verbOf(item)], ['tab', 'next'], ...back, ...open, ...extra(item), quit];
}

function verbOf(item: Item | undefined): string {
  switch (item?.kind) {
    case 'write':
      return 'write';
    case 'section':
      return 'open';
    case 'file':
      return item.file.action === 'conflict' ? 'decide' : 'show';
    default:
      return item?.line.state === 'answered' ? 'change' : 'answer';
  }
}

function decide(item: Item | undefined): Hint {
  return item?.kind === 'file' && item.file.action === 'conflict' ? ['enter', 'decide'] : ['enter', 'close'];
}

function extra(item: Item | undefined): readonly Hint[] {
  return item?.kind === 'file' && item.file.action === 'conflict' ? [['d', 'difference']] : [['u', 'undo']];
}
