import type { StackSummary } from '../health/board.ts';
import { healthWords } from '../stack/health-words.ts';
import { composeServices, DATABASE, GATE, isOneShot, MIGRATE, TUI } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';

const OURS: Readonly<Record<string, string>> = {
  [DATABASE]: 'a query over TCP answers',
  [MIGRATE]: 'every SQL file is applied',
  [TUI]: 'ttyd serves its socket',
};

function probe(stack: Stack, name: string): string {
  if (name === GATE)
    return stack.tui.access === 'browser' ? 'the terminal answers behind the login' : 'the login answers';
  const service = stack.services[name];
  if (service) return healthWords(service.health);
  return OURS[isOneShot(stack, name) ? MIGRATE : name] ?? '';
}

/** What of a stack the board needs. */
export function summaryOf(stack: Stack): StackSummary {
  const services = composeServices(stack).map((name) => ({
    name,
    probe: probe(stack, name),
    oneShot: isOneShot(stack, name),
  }));
  return { id: stack.id, name: stack.name, mode: stack.mode, services };
}
