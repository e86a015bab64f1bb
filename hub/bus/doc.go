// Package bus carries hints between hubs: it implements [hub.Bus] and [hub.Whereabouts].
//
// A bus makes delivery fast, and the store makes it complete. So whatever happens to a bus, no more may follow than that
// something is late; and what it owes to its [hub.Listener] is not that nothing gets lost but that it says so.
//
// [Local] joins hubs of one process. [Redis] joins hubs over a Redis 7 or later. Its URL has one of the forms
//
//	redis://[user[:password]@]host[:6379][/db]
//	redis+sentinel://[user[:password]@]host[:26379][,host[:26379]...]/master[/db]
//	redis+cluster://[user[:password]@]host[:6379][,host[:6379]...]
//
// with rediss instead of redis for TLS, to the sentinels too. User and password are those of the servers. Parameters:
//
//	sentinel_user, sentinel_password  of the sentinels
//	tls_ca                            PEM file of the authorities to trust, instead of the system's
//	tls_cert, tls_key                 PEM files of the client's own certificate
//	tls_name                          what the servers' certificates are for, where that is not the host
//	prefix                            of keys, for several Parleys on one Redis; "parley:"
//
// # Redis
//
// On a cluster topics are spread over 64 partitions, each with a hash tag of its own, and carried by sharded pub/sub on one
// connection per partition (rule R25). Else there is one partition. A partition's [link] never trusts its connection: the
// client library does not notice that one is half-open, and it would put another in place of one that broke, in silence.
// So each connection is subscribed to a channel of its own that the hub publishes probes to. When one comes back late, or
// anything else is not as expected, the connection is made anew and subscribed to all that is wished for; the listener
// is told that the bus is unwell, and when it is well again, that there is doubt.
//
// Whereabouts are kept as leases that Redis lets go by its own clock; see [leases].
//
// # Locks
//
//	state.telling -> state.mu
//	link.mu, outbox.mu, leases.mu; Local.mu -> Seat.mu
//
// Nothing blocks while it holds one, but that the listener's Health and Doubt are called with state.telling.
//
// # Goroutines
//
// Join starts one goroutine per partition, one that publishes and one for the leases; each connection has one that reads.
// Close ends them and waits.
package bus
