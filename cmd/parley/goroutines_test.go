package main_test

// goroutines lists the files that may start goroutines, in the order of their paths. An entry is a promise that
// somebody reviewed: what stops each of them, and who waits until they are gone. The census in
// policy_goroutines_test.go holds the list to the code, both ways.
var goroutines = []starter{
	{file: "cmd/parley/chat.go", starts: 1, stops: "end of input, or the context of the command", waits: "nobody: a read of a terminal cannot be broken off, and the process ends"},
	{file: "cmd/parley/clustertest/cluster.go", starts: 1, stops: "what each does for its hub", waits: "Cluster.Each"},
	{file: "cmd/parley/clustertest/commits.go", starts: 3, stops: "the end of the listener and of its connections, at the test's", waits: "the test's end"},
	{file: "cmd/parley/clustertest/load.go", starts: 4, stops: "the end of the load, and a minute for what is not answered", waits: "the end of the load; the timer only cancels"},
	{file: "cmd/parley/clustertest/process.go", starts: 1, stops: "the end of the process", waits: "Process.Kill, at the latest at the test's end"},
	{file: "cmd/parley/clustertest/town.go", starts: 3, stops: "each call that it makes is bounded", waits: "Found and Leave"},
	{file: "cmd/parley/main.go", starts: 1, stops: "it gives the signals back and ends", waits: "nobody"},
	{file: "cmd/parley/server.go", starts: 3, stops: "Shutdown of the listeners that two serve; the third by its context", waits: "server.run reads failed; close shuts all down"},
	{file: "hub/bus/bustest/hostile.go", starts: 1, stops: "HostileBus.Close", waits: "HostileBus.Close"},
	{file: "hub/bus/link.go", starts: 1, stops: "the end of its connection", waits: "link.live, before it returns"},
	{file: "hub/bus/local.go", starts: 1, stops: "Seat.Close", waits: "Seat.Close"},
	{file: "hub/bus/redis.go", starts: 3, stops: "Redis.Close cancels their context", waits: "Redis.Close"},
	{file: "hub/bus/redistest/server.go", starts: 1, stops: "the end of the process", waits: "Server.Kill, at the latest at the test's end"},
	{file: "hub/hub.go", starts: 6, stops: "Hub.Close cancels their context and closes the loader", waits: "Hub.Close"},
	{file: "session/client/client.go", starts: 2, stops: "Client.Close", waits: "Client.Close"},
	{file: "session/client/link.go", starts: 2, stops: "the end of its connection", waits: "Client.serve, before it returns"},
	{file: "session/client/read.go", starts: 1, stops: "the end of its connection", waits: "Client.serve, before it returns"},
	{file: "session/client/watch.go", starts: 3, stops: "the end of its connection", waits: "Client.serve, before it returns"},
	{file: "session/drain.go", starts: 1, stops: "the wait that set it takes it back", waits: "it only wakes that wait"},
	{file: "session/method.go", starts: 1, stops: "readWithin bounds its store read", waits: "Server.Close"},
	{file: "session/read.go", starts: 1, stops: "it handles one frame and ends", waits: "the reader that started it, before it reads on"},
	{file: "session/server.go", starts: 1, stops: "the end of its connection, which Server.Close brings about", waits: "Server.Close"},
	{file: "session/session.go", starts: 1, stops: "Conn.Close is bounded to 5 s", waits: "Server.Close"},
	{file: "session/token/keys.go", starts: 1, stops: "Verifier.Close cancels its context", waits: "Verifier.Close"},
	{file: "session/wheel.go", starts: 1, stops: "wheel.close", waits: "Server.Close"},
	{file: "session/write.go", starts: 2, stops: "writers.close ends the pool; a slow write ends with its connection or write timeout", waits: "Server.Close"},
	{file: "store/postgres/lane.go", starts: 1, stops: "the lock wait and the transaction's timeout bound each lane", waits: "Store.Commit, before it goes on"},
	{file: "store/storetest/commit.go", starts: 2, stops: "the end of the ops that a test feeds it", waits: "the test"},
	{file: "web/close.go", starts: 2, stops: "each is a bound of 5 s that a defer takes back", waits: "nobody: they only cut the connection"},
	{file: "web/frametest/client.go", starts: 1, stops: "the end of the connection", waits: "the client's Close"},
	{file: "web/send.go", starts: 1, stops: "the write timeout, or the end of the connection", waits: "nobody: where only blocking writes exist (not on Unix), a ping must not hold up the wheel"},
}
