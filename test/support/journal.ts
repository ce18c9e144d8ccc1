import type { Journal } from '../../src/operations/rotation/journal.ts';

/** What a rotation of one credential leaves that was killed before its first step. */
export function journalFor(name: string, over: Partial<Journal> = {}): Journal {
  return {
    version: 1,
    stack: 'x',
    since: '2026-11-22T10:00:00.000Z',
    direction: 'forward',
    compromised: false,
    secrets: [
      {
        name,
        kind: 'credential',
        comesBack: 'never',
        oldPrint: '0123456789abcdef',
        newPrint: 'fedcba9876543210',
        before: [],
        after: [],
      },
    ],
    ran: [],
    well: [],
    revisions: {},
    reencrypt: null,
    noReturn: false,
    touched: false,
    begun: [],
    done: [],
    at: null,
    ...over,
  };
}
