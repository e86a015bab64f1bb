// Command floor is the least that a chat server can cost: rooms in memory, one frame for whatever gathered while the last one was
// written, no authorisation, no storage, on the websocket library that Parley uses. What Parley costs beside it is what its
// promises cost. It speaks as much of the protocol as the load generator does, and passes the same checks.
//
// It is a fixture: a commit that measures against it does not change it.
package main
