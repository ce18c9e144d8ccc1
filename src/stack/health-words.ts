import type { Health } from './schema.ts';

/** What a health check proves, in words; the board, the review and the README say the same. */
export function healthWords(health: Health): string {
  switch (health.kind) {
    case 'http':
      return `GET ${health.path} on port ${health.port} answers`;
    case 'tcp':
      return `port ${health.port} accepts connections`;
    case 'process':
      return `it has been up for ${health.seconds} s without a restart`;
  }
}
