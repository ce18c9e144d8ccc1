import type { Check, FileChange, ReviewLine, ReviewSection, SetupState } from '../../flow/types.ts';
import { count, duration } from '../words.ts';

/** Every section with its lines and notes, to be read from top to bottom. */
export function reviewText(setup: SetupState): string {
  const machine = setup.machine.map(({ title, check }) => `  ${title}: ${checkText(check)}`);
  return [
    `${setup.name}, ${modeText(setup)}. ${setup.modeReason}`,
    ...(machine.length === 0 ? [] : [['This machine', ...machine].join('\n')]),
    ...setup.sections.map(sectionText),
  ].join('\n\n');
}

/** PAPER, LIVE, or `LIVE?` where nothing proves either. */
export function modeText({ mode, proven }: Pick<SetupState, 'mode' | 'proven'>): string {
  return mode === 'live' && !proven ? 'LIVE?' : mode.toUpperCase();
}

export function sectionText({ title, lines, notes }: ReviewSection): string {
  return [title, ...lines.map((line) => `  ${lineText(line)}`), ...notes.map((note) => `  Note: ${note}`)].join('\n');
}

/** What would be written. */
export function filesText(setup: SetupState): string {
  return ['', 'Files', ...setup.files.map((file) => `  ${fileText(file)}`), ''].join('\n');
}

export function fileText({ action, path, note, decided }: FileChange): string {
  const choice = decided === undefined ? '' : `, decided: ${decided}`;
  return `${action} ${path}${choice}${note === undefined ? '' : ` (${note})`}`;
}

/** One line of the review with what was seen of it and where it comes from. */
export function lineText(line: ReviewLine): string {
  const seen = line.check ? `, ${checkText(line.check)}` : '';
  const origin = line.origin.text === '' ? '' : ` (${line.origin.text})`;
  const problem = line.problem ? `. ${line.problem}` : '';
  return `${titleText(line)}: ${valueText(line)}${seen}${origin}${problem}`;
}

/** The title; of what several services have, with the one that is meant. */
export function titleText({ title, path }: ReviewLine): string {
  const service = /^(?:services|adopt\.sqlite)\.([^.]+)/.exec(path)?.[1];
  return service === undefined || service === title || title === 'Daemon' ? title : `${title} (${service})`;
}

/** The value in words; the dash of the tables is not one. */
export function valueText({ value }: ReviewLine): string {
  if (value === '') return 'not answered';
  return value === '–' ? 'none' : value;
}

/** `used by nginx (pid 812); next free: 7682` */
export function checkText({ text, advice }: Check): string {
  return advice === undefined ? text : `${text.replace(/\.$/, '')}; ${advice}`;
}

/** All that is known of a line, for whoever asks. */
export function helpText(line: ReviewLine): string {
  const { input, help, origin, path } = line;
  const from = origin.text === '' ? '' : ` It comes from: ${origin.text}.`;
  const now = input.kind === 'secret' ? '' : ` Now: ${valueText(line)}.${from}`;
  const where =
    input.kind === 'secret'
      ? ` It is never in a file of the repository; later: trading-setup secrets set ${path.replace(/^secrets\./, '')}`
      : ` In trading-setup.yaml: ${path}`;
  return `${help}${now}${where}`;
}

/** A draft that was taken up, in a sentence. */
export function resumedText({ answers, ageMs }: NonNullable<SetupState['resumed']>): string {
  return `${count(answers, 'answer')} of an unfinished run ${duration(ageMs)} ago ${answers === 1 ? 'is' : 'are'} taken up again; secrets are asked anew.`;
}
