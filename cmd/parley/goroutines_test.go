package main_test

// goroutines lists the files that may start goroutines, in the order of their paths. An entry is a promise that
// somebody reviewed: what stops each of them, and who waits until they are gone. The census in
// policy_goroutines_test.go holds the list to the code, both ways.
var goroutines = []starter{
	{file: "hub/hub.go", starts: 5, stops: "Hub.Close cancels their context and closes the loader", waits: "Hub.Close"},
}
