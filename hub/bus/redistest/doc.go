// Package redistest runs real Redis servers for tests: one, a master with replica and sentinels, or a cluster. They listen on
// free ports of the loopback, keep nothing on disk, and can be killed, stopped and started again. They end with the test.
package redistest
