/** What stands behind the path of an address. */
export interface IQuery {
  [key: string]: string | number | null;
}

/** An address with a query; what is null or empty is left out. */
export function withQuery(address: string, query: IQuery): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== '');
  const parts = given.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return parts.length > 0 ? `${address}?${parts.join('&')}` : address;
}

/** Whether an answer is bytes, not JSON. */
export function isBytes(response: Response): boolean {
  return response.headers.get('Content-Type') === 'application/octet-stream';
}
