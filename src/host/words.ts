import type { ContainerFact, ProcessFact, SqliteFact, SystemFacts, UnitFact } from './facts.ts';

/** Something that runs beside this stack and may trade, in words. */
export interface RunningTrader {
  /** e.g. `algo-trade run (pid 812, in /srv/bot, since 2026-11-20 08:00 UTC)`. */
  readonly who: string;
  /** The command or act that ends it. */
  readonly stop: string;
  /** It is only the name that speaks for it. */
  readonly uncertain: boolean;
}

function started({ program, subcommand }: Partial<Pick<ContainerFact, 'program' | 'subcommand'>>): string {
  return [program, subcommand].filter(Boolean).join(' ');
}

export function processWords(fact: ProcessFact): string {
  const { pid, folder, since } = fact;
  const where = folder === undefined ? [] : [`in ${folder}`];
  const when = since === undefined ? [] : [`since ${since.slice(0, 16).replace('T', ' ')} UTC`];
  return `${started(fact)} (${[`pid ${pid}`, ...where, ...when].join(', ')})`;
}

export function unitWords(fact: UnitFact): string {
  return `${fact.scope === 'user' ? 'user unit' : 'unit'} ${fact.name}, which starts ${started(fact)}${fact.enabled ? ' by itself' : ''}`;
}

export function containerWords({ name, image, program, subcommand, project }: ContainerFact): string {
  const runs = program === undefined ? image : started({ program, subcommand });
  return `container ${name} (${runs}${project === undefined ? '' : `, Compose project ${project}`})`;
}

function systemctl({ scope }: UnitFact): string {
  return scope === 'user' ? 'systemctl --user' : 'sudo systemctl';
}

/** A unit that would start the program of a process again after a kill. */
function unitOf(fact: ProcessFact, units: readonly UnitFact[]): UnitFact | undefined {
  return units.find((unit) => unit.program === fact.program && unit.subcommand === fact.subcommand);
}

/** What runs now and may place orders, without the containers of this stack itself. */
export function runningTraders({ running }: SystemFacts, ownStack?: string): readonly RunningTrader[] {
  const processes = running.processes
    .filter(({ trades }) => trades)
    .map((fact) => {
      const unit = unitOf(fact, running.units);
      const kill = `kill -TERM ${fact.pid}`;
      const disable = unit && `${systemctl(unit)} disable --now ${unit.name}`;
      // One that is not enabled may be started by a timer, or was not started by its unit at all.
      const stop = disable === undefined ? kill : unit?.enabled ? disable : `${disable}; ${kill}`;
      return { who: processWords(fact), stop, uncertain: fact.evidence.confidence === 'guess' };
    });
  const containers = running.containers
    .filter((fact) => fact.trades && fact.running && (ownStack === undefined || fact.stack !== ownStack))
    .map((fact) => ({
      who: containerWords(fact),
      // A restart policy would bring it back with the engine.
      stop: `docker update --restart=no ${fact.name} && docker stop ${fact.name}`,
      uncertain: fact.evidence.confidence === 'guess',
    }));
  return [...processes, ...containers];
}

/** What does not run now and would start by itself, e.g. at the next boot, and how to keep it from that. */
export function sleepingTraders({ running }: SystemFacts): readonly RunningTrader[] {
  return running.units
    .filter(({ trades, enabled }) => trades && enabled)
    .map((unit) => ({
      who: unitWords(unit),
      stop: `${systemctl(unit)} disable --now ${unit.name}`,
      uncertain: unit.evidence.confidence === 'guess',
    }));
}

/** `812 bytes`, `12 kB`, `1.4 MB`: decimal units, as disks have them. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`;
}

export function sqliteWords({ path, size, unfolded, openIn }: SqliteFact): string {
  const log = unfolded === 0 ? '' : ` and ${sizeWords(unfolded)} in its write-ahead log`;
  return `${path} (${sizeWords(size)}${log}${openIn.length === 0 ? '' : `, open in ${openIn.join(', ')}`})`;
}
