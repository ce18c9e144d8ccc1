import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, connect as tlsConnect } from 'node:tls';
import { sleep } from './clock.ts';

/** How a handshake ended, and more about it in words where there is more to say. */
export interface Handshake {
  readonly how: 'trusted' | 'untrusted' | 'failed';
  readonly why?: string;
}

/**
 * Certificates that are trusted instead of those of this program.
 * @param bundle as in `/etc/ssl/certs/ca-certificates.crt`; without a certificate in it: those of this program.
 */
export function trusting(bundle: string): SecureContext | undefined {
  if (!bundle.includes('-----BEGIN CERTIFICATE-----')) return undefined;
  try {
    return createSecureContext({ ca: bundle });
  } catch {
    // One that nobody can read says nothing about the other side.
    return undefined;
  }
}

const WHY: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is that of another name',
  CERT_HAS_EXPIRED: 'it has expired',
};

/** How long what has come before the end of a connection may take to be read. */
const LAST_WORDS_MS = 200;

/** Speaks TLS over a connection as far as the certificate of the other side, and ends it. Never throws. */
export function handshake(raw: Duplex, host: string, trust: SecureContext | undefined): Promise<Handshake> {
  return new Promise((done) => {
    const socket = tlsConnect({
      socket: raw,
      host,
      ...(isIP(host) ? {} : { servername: host }),
      ...(trust ? { secureContext: trust } : {}),
      ALPNProtocols: ['http/1.1'],
    });
    const end = (how: Handshake['how'], why?: string): void => {
      done({ how, ...(why === undefined ? {} : { why }) });
      socket.destroy();
      raw.destroy();
    };
    const mute = (): void => end('failed', 'it speaks no TLS');
    // What ended before TLS looked at it tells TLS nothing; what has come until then is read first.
    const over = (): void => void sleep(LAST_WORDS_MS).then(mute);
    if (raw.destroyed || raw.readableEnded) over();
    else raw.once('end', over).once('close', over);
    socket.once('secureConnect', () => end('trusted'));
    socket.once('close', mute);
    socket.on('error', (error) => {
      const code = 'code' in error ? String(error.code) : '';
      if (/CERT|ISSUER|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) end('untrusted', WHY[code]);
      else mute();
    });
  });
}
