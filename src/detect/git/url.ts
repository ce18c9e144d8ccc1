/** What an address may be asked with; everything else in a query may be a token. */
const HARMLESS = /^(?:ref|rev|dir|branch|tag|submodules|shallow|lfs|narHash|lastModified)$/;

/** An address as it may be shown: without the name, the password or the token that it may hold. */
export function shownUrl(url: string): string {
  const [, scheme = '', rest = ''] = /^([\w.+-]+:\/\/)?([\s\S]*)$/.exec(url) ?? [];
  const [place = '', query = ''] = rest.replace(/#.*$/s, '').split(/\?(.*)/s);
  const kept = query.split('&').filter((each) => HARMLESS.test(each.split('=')[0] ?? ''));
  // A password that is not encoded may hold a slash, and an address rarely has an @ further on.
  const open = scheme === '' ? place : place.replace(/^.*@/s, '');
  return `${scheme}${open}${kept.length === 0 ? '' : `?${kept.join('&')}`}`;
}
