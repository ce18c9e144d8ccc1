// Imported before a measured program: writes its largest resident size in KiB to BENCH_MEMORY when it ends.
import { writeFileSync } from 'node:fs';

const file = process.env.BENCH_MEMORY;
if (file) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
