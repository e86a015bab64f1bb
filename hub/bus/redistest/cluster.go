package redistest

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Cluster is three masters with a replica each.
type Cluster struct {
	Nodes [6]*Server
}

// StartCluster starts one and waits until it serves.
func StartCluster(tb testing.TB) *Cluster {
	tb.Helper()
	c := &Cluster{}
	for i := range c.Nodes {
		c.Nodes[i] = Start(
			tb, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(freePort(tb)),
			"--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0",
		)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	args := append([]string{"--cluster", "create"}, strings.Split(addresses(c.Nodes[:]), ",")...)
	args = append(args, "--cluster-replicas", "1", "--cluster-yes")
	if out, err := exec.CommandContext(ctx, "redis-cli", args...).CombinedOutput(); err != nil {
		tb.Fatalf("redis-cli --cluster create: %v\n%s", err, out)
	}
	for _, n := range c.Nodes {
		await(tb, "the cluster serves", func() bool {
			known := strings.Contains(n.Do("cluster", "info").(string), "cluster_state:ok")
			return known && (n.Info("role") == "master" || n.Info("master_link_status") == "up")
		})
	}
	return c
}

// URL is how a bus finds it.
func (c *Cluster) URL() string { return "redis+cluster://" + addresses(c.Nodes[:]) }

// Masters are the nodes that run and are masters now.
func (c *Cluster) Masters() (masters []*Server) {
	for _, n := range c.Nodes {
		if n.Running() && n.Info("role") == "master" {
			masters = append(masters, n)
		}
	}
	return masters
}

// Slot is that of a key or a sharded channel.
func (c *Cluster) Slot(key string) int64 { return c.Nodes[0].Do("cluster", "keyslot", key).(int64) }

// Move begins to move a slot from one master to another, with its keys, while the cluster serves. What it gives ends that:
// from then on the slot is the other's.
func (c *Cluster) Move(slot int64, from, to *Server) (settle func()) {
	from.t.Helper()
	to.Do("cluster", "setslot", slot, "importing", from.Do("cluster", "myid"))
	from.Do("cluster", "setslot", slot, "migrating", to.Do("cluster", "myid"))
	keys := from.Do("cluster", "getkeysinslot", slot, 1000).([]any)
	if len(keys) > 0 {
		from.Do(append([]any{"migrate", "127.0.0.1", to.port, "", 0, 5000, "keys"}, keys...)...)
	}
	return func() {
		for _, n := range append([]*Server{to, from}, c.Masters()...) {
			n.Do("cluster", "setslot", slot, "node", to.Do("cluster", "myid"))
		}
	}
}
