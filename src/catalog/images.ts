/**
 * Base images by exact tag. The Debian release of builder and runtime is the same: a program linked against a newer
 * glibc does not start on an older one.
 */
export const DEBIAN_IMAGE = 'debian:13.1-slim';
/** Its stable toolchain is used where the repository asks for nothing newer. */
export const RUST_VERSION = '1.95.0';
/** Runs as uid 101; made from Alpine, so busybox and its wget are in it. */
export const NGINX_IMAGE = 'nginx:1.28.0-alpine';
/** PostgreSQL 17; made from Alpine, uid and gid 70. */
export const TIMESCALEDB_IMAGE = 'timescale/timescaledb:2.19.3-pg17';

/** The official Rust image for a toolchain, e.g. `1.95.0`. */
export function rustImage(version: string): string {
  return `rust:${version}-trixie`;
}
/** Nix in single-user form, as root and without a daemon. */
export const NIX_IMAGE = 'nixos/nix:2.31.5';
