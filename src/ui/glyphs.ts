/** Every sign that a screen draws beside words. */
export interface Glyphs {
  readonly done: string;
  readonly current: string;
  readonly open: string;
  readonly failed: string;
  /** Not done, and no fault. */
  readonly left: string;
  readonly waiting: string;
  readonly chosen: string;
  readonly unchosen: string;
  readonly rule: string;
  readonly column: string;
  readonly full: string;
  readonly empty: string;
  readonly mask: string;
  readonly dot: string;
  readonly dash: string;
  readonly more: string;
  readonly up: string;
  readonly down: string;
  readonly spinner: readonly string[];
}

const UNICODE: Glyphs = {
  done: '✓',
  current: '▸',
  open: '!',
  failed: '✗',
  left: '○',
  waiting: '·',
  chosen: '●',
  unchosen: '○',
  rule: '─',
  column: '│',
  full: '█',
  empty: '░',
  mask: '•',
  dot: '·',
  dash: '—',
  more: '…',
  up: '↑',
  down: '↓',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ASCII: Glyphs = {
  done: '+',
  current: '>',
  open: '!',
  failed: 'x',
  left: 'o',
  waiting: '.',
  chosen: '(*)',
  unchosen: '( )',
  rule: '-',
  column: '|',
  full: '#',
  empty: '.',
  mask: '*',
  dot: '-',
  dash: '-',
  more: '...',
  up: 'up',
  down: 'down',
  spinner: ['|', '/', '-', '\\'],
};

/** The signs for a terminal that can, or cannot, show more than ASCII. */
export function glyphs(unicode: boolean): Glyphs {
  return unicode ? UNICODE : ASCII;
}
