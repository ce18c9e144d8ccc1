// Loaded before the program (NODE_OPTIONS): its clock shows what a file says, so that every time on a screen is the same
// in every run.
import { readFileSync } from 'node:fs';

const file = process.env.TRADING_SETUP_TEST_CLOCK;
const RealDate = globalThis.Date;
let read = -Infinity;
let shown = 0;

function now() {
  if (performance.now() - read > 10) {
    read = performance.now();
    try {
      shown = RealDate.parse(readFileSync(file, 'utf8').trim()) || shown;
    } catch {
      // Being written.
    }
  }
  return shown;
}

if (file) {
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }
    static now() {
      return now();
    }
  };
}
