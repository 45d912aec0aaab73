/** What reading a file on a server may cost; a server that takes more is given up. */
export const HTTP_LIMITS = {
  /** Tries in a row that bring no byte; with the pauses between them about half a minute. */
  attempts: 8,
  /** Pause before the second try in milliseconds; it doubles before each further try. */
  pause: 200,
  /** Tries in all for the bytes of one request, whatever each of them brings. */
  attemptsInAll: 100,
  /** Time of one answer in milliseconds. */
  answer: 60_000,
  /** Time of one request with all its tries in milliseconds, beside what its bytes may take. */
  request: 300_000,
  /** Least bytes in a second, for requests of many. */
  leastRate: 16 * 1024,
  /** Redirects from an address to its file. */
  redirects: 10,
  /** Bytes of a text file. */
  text: 16 * 2 ** 20,
};
