// Package clustertest runs whole clusters for tests, from real processes: hubs (`parley serve`), a Redis and a PostgreSQL,
// with proxies between them that do harm on demand. It puts people on them who talk, come and go through the real client,
// records what they did and saw, and has the history judged by package history.
//
// A test starts a [Cluster], puts a [Town] on it, and has [Town.Through] keep the load up while it does harm. Through then
// demands that the load went on, that everybody gets to see everything, that the whole history keeps every promise, and
// that each hub's own check finds nothing. What must hold in which case is in docs/reliability.md, whose table a test
// holds to the tests.
//
// Tests run beside each other, as many as -parallel says: a cluster and its load take half a core, and mostly wait. On two
// cores all of them take two minutes.
//
// Chance has one seed for each cluster, which is printed. PARLEY_SEED gives it again; how processes get their turns on
// the machine it cannot give again. PARLEY_SOAK is how long TestSoak goes on.
package clustertest
