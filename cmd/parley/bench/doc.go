// Package bench drives a running hub hard and checks all that it delivers. It is what `parley bench` runs.
//
// One goroutine, on one thread, plays every client: sockets that do not block wait in one epoll set, a read takes whatever a
// socket has, and what a delivery must prove is found by scanning its bytes, without decoding JSON. So the load costs little
// beside the server, and what it costs is printed beside the server's own.
//
// Each body begins with the moment at which the message was due, so that a latency runs from there: where a sender is late
// because the hub kept it waiting, that counts. Each client knows the index that it must see next in its conversation. A
// message that never comes, comes twice or comes out of order is told, and makes the run fail.
//
// The package runs on Linux. docs/performance.md says what was measured with it.
package bench
