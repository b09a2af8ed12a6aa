/** Everything that is bounded on a connection, with the reason for each value; all are tunable. */

export interface ChannelLimits {
  /** An answer in open text is 10,000 characters; nothing a client sends is larger than this. */
  readonly messageBytesMax: number;
  /** Up to here an oversized message is refused and the connection lives; above, it is cut. */
  readonly frameBytesMax: number;
  /** A teacher's day fits; each watch costs a view at its start. */
  readonly watchesMax: number;
  /** A hand on a keyboard makes ten; a loop gone wild does not. */
  readonly commandsPerSecond: number;
  /** A client that comes back watches all of its actors at once, hence the burst. */
  readonly watchesPerSecond: number;
  /** What a socket has not read is held in memory; a class of such sockets must fit. */
  readonly unreadBytesMax: number;
  /** What a stream holds unread is bounded as a socket's; how many of them, here. */
  readonly streamsMax: number;
  /** A browser opens six connections to a server; two or three devices. */
  readonly streamsPerPrincipalMax: number;
  /** Below every idle time between here and a client: ours is 30 s. */
  readonly heartbeatMs: number;
  /** How often both sides make sure that the other lives, and how long they wait for it. */
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** A connection that never says who it is. */
  readonly handshakeMs: number;
  /** Beyond expiry, an open socket has this long to bring a fresh token. */
  readonly expiryGraceMs: number;
  /** A revoked token, a removed seat: open sockets notice within this time. */
  readonly verifyEveryMs: number;
  /** How often this node compares its sockets with the snapshots. */
  readonly compareEveryMs: number;
  /** How often this node looks whether it stood still. */
  readonly awakeEveryMs: number;
  /** Others declare a node dead after ten seconds without a beat, and close its connections. */
  readonly sleptMsMax: number;
  /** Longer gaps are answered with a view, which is smaller than a thousand records. */
  readonly gapRecordsMax: number;
  /** Live counters and views: five a second. */
  readonly pulseMs: number;
  /** How long a slow reader may take to read its `bye` before the socket is torn down. */
  readonly slowByeMs: number;
}

export const LIMITS: ChannelLimits = {
  messageBytesMax: 65_536,
  frameBytesMax: 1_048_576,
  watchesMax: 64,
  commandsPerSecond: 50,
  watchesPerSecond: 128,
  unreadBytesMax: 1_048_576,
  streamsMax: 10_000,
  streamsPerPrincipalMax: 16,
  heartbeatMs: 10_000,
  pingIntervalMs: 10_000,
  pingTimeoutMs: 10_000,
  handshakeMs: 10_000,
  expiryGraceMs: 60_000,
  verifyEveryMs: 5_000,
  compareEveryMs: 10_000,
  awakeEveryMs: 1_000,
  sleptMsMax: 9_000,
  gapRecordsMax: 1_000,
  pulseMs: 200,
  slowByeMs: 2_000,
};
