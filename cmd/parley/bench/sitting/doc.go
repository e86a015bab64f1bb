// Command sitting measures Parley beside the floor and a Centrifuge server in one sitting, since a ratio holds on a noisy machine where a figure does
// not, and prints the table of docs/performance.md. It is what `make bench` runs, within 20 minutes.
package main
