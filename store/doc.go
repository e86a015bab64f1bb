// Package store holds the engines that implement hub.Store, each in a package of its own, and storetest, the suite that
// all must pass.
package store
