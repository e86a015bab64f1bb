package web

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"parley/hub"
	"parley/hub/bus"
	"parley/session"
)

// A figure is one number that is read from a snapshot S when a scraper comes.
type figure[S any] struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(S) float64
	is   []string // label values
}

func gauge[S any](name, help string, of func(S) float64) figure[S] {
	return figure[S]{desc: prometheus.NewDesc("parley_"+name, help, nil, nil), kind: prometheus.GaugeValue, of: of}
}

func counter[S any](name, help string, of func(S) float64) figure[S] {
	return figure[S]{desc: prometheus.NewDesc("parley_"+name, help, nil, nil), kind: prometheus.CounterValue, of: of}
}

// collector reads one snapshot per scrape, so that its figures fit together and the hot paths pay nothing.
type collector[S any] struct {
	figures []figure[S]
	read    func() S
}

// Describe implements prometheus.Collector.
func (c *collector[S]) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range c.figures {
		ch <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector[S]) Collect(ch chan<- prometheus.Metric) { c.collect(ch, c.read()) }

func (c *collector[S]) collect(ch chan<- prometheus.Metric, s S) {
	for _, f := range c.figures {
		ch <- prometheus.MustNewConstMetric(f.desc, f.kind, f.of(s), f.is...)
	}
}

var sessionFigures = []figure[session.Stats]{
	gauge("connections", "Websockets that are open.", func(s session.Stats) float64 { return float64(s.Sessions) }),
	counter("connections_total", "Websockets that sessions took.", func(s session.Stats) float64 { return float64(s.Accepted) }),
	counter("frames_sent_total", "Websocket frames written.", func(s session.Stats) float64 { return float64(s.Frames) }),
	counter("bytes_sent_total", "Bytes of their payload.", func(s session.Stats) float64 { return float64(s.Bytes) }),
	counter("slow_writes_total", "Frames that the socket did not take at once.", func(s session.Stats) float64 { return float64(s.Slow) }),
	refusals("session-rate", func(s session.Stats) int64 { return s.RefusedSession }),
	refusals("user-rate", func(s session.Stats) int64 { return s.RefusedUser }),
	refusals("behind-refused", func(s session.Stats) int64 { return s.RefusedBehind }),
	refusals("user-connections", func(s session.Stats) int64 { return s.RefusedConnects }),
}

var refusedDesc = prometheus.NewDesc("parley_requests_refused_total", "Requests refused for a limit.", []string{"limit"}, nil)

func refusals(limit string, of func(session.Stats) int64) figure[session.Stats] {
	return figure[session.Stats]{
		desc: refusedDesc, kind: prometheus.CounterValue,
		of: func(s session.Stats) float64 { return float64(of(s)) }, is: []string{limit},
	}
}

var upgradesDesc = prometheus.NewDesc("parley_upgrades_total", "Requests for a websocket.", []string{"outcome"}, nil)

var upgradeFigures = []figure[Upgrades]{
	upgrade("accepted", func(u Upgrades) uint64 { return u.Accepted }),
	upgrade("foreign", func(u Upgrades) uint64 { return u.Foreign }),
	upgrade("bad", func(u Upgrades) uint64 { return u.Bad }),
	upgrade("busy", func(u Upgrades) uint64 { return u.Busy }),
	upgrade("crowded", func(u Upgrades) uint64 { return u.Crowded }),
}

func upgrade(outcome string, of func(Upgrades) uint64) figure[Upgrades] {
	return figure[Upgrades]{
		desc: upgradesDesc, kind: prometheus.CounterValue,
		of: func(u Upgrades) float64 { return float64(of(u)) }, is: []string{outcome},
	}
}

var hubFigures = []figure[hub.Stats]{
	gauge("rooms", "Conversations with a subscriber here.", func(s hub.Stats) float64 { return float64(s.Rooms) }),
	gauge("cursors", "Subscriptions of sessions to rooms.", func(s hub.Stats) float64 { return float64(s.Cursors) }),
	gauge("users", "Users with a session here.", func(s hub.Stats) float64 { return float64(s.Users) }),
	gauge("ring_events", "Events kept in rings.", func(s hub.Stats) float64 { return float64(s.RingEvents) }),
	gauge("ring_bytes", "Bytes kept in rings.", func(s hub.Stats) float64 { return float64(s.RingBytes) }),
	gauge("cursor_lag", "Events by which the session that is farthest behind is behind.", func(s hub.Stats) float64 { return float64(s.Lag) }),
	counter("media_deleted_total", "Files whose content was deleted.", func(s hub.Stats) float64 { return float64(s.CollectedMedia) }),
	gauge("search_waiting", "Conversations that wait to be indexed.", func(s hub.Stats) float64 { return float64(s.Unindexed) }),
	gauge("search_late_seconds", "For how long the first of them has been due.", func(s hub.Stats) float64 { return s.IndexLate.Seconds() }),
	counter("search_indexed_total", "Messages put into the index of words, or taken out.", func(s hub.Stats) float64 { return float64(s.Indexed) }),
	gauge("commands_waiting", "Commands that wait for a commit.", func(s hub.Stats) float64 { return float64(s.Waiting) }),
	counter("events_total", "Events put into rings.", func(s hub.Stats) float64 { return float64(s.Events) }),
	counter("deliveries_total", "Events handed to sessions.", func(s hub.Stats) float64 { return float64(s.Deliveries) }),
	counter("catch_up_reads_total", "Pages read from the store for cursors behind the ring.", func(s hub.Stats) float64 { return float64(s.Loads) }),
	counter("shared_reads_total", "Pages read for one session that served others.", func(s hub.Stats) float64 { return float64(s.Shared) }),
	counter("gap_reads_total", "Reads of what a room missed.", func(s hub.Stats) float64 { return float64(s.Gaps) }),
	counter("found_behind_total", "Rooms and users that were behind when compared with the store.", func(s hub.Stats) float64 { return float64(s.Found) }),
	counter("payloads_unknown_total", "Payloads of other hubs that made no sense.", func(s hub.Stats) float64 { return float64(s.Unknown) }),
}

var busFigures = []figure[bus.Stats]{
	gauge("bus_well", "1 while the bus between hubs works.", func(s bus.Stats) float64 {
		if s.Well {
			return 1
		}
		return 0
	}),
	gauge("bus_topics", "Topics that this hub wants to hear of.", func(s bus.Stats) float64 { return float64(s.Topics) }),
	gauge("bus_waiting", "Payloads that wait to be published.", func(s bus.Stats) float64 { return float64(s.Waiting) }),
	gauge("bus_hubs", "Other hubs that live.", func(s bus.Stats) float64 { return float64(s.Hubs) }),
	counter("bus_published_total", "Payloads published.", func(s bus.Stats) float64 { return float64(s.Published) }),
	counter("bus_published_bytes_total", "Bytes of them.", func(s bus.Stats) float64 { return float64(s.PublishedBytes) }),
	counter("bus_failed_total", "Payloads that could not be published.", func(s bus.Stats) float64 { return float64(s.Failed) }),
	counter("bus_dropped_total", "Payloads that found the queue full.", func(s bus.Stats) float64 { return float64(s.Dropped) }),
	counter("bus_received_total", "Payloads heard.", func(s bus.Stats) float64 { return float64(s.Received) }),
	counter("bus_probes_total", "Probes sent over the bus.", func(s bus.Stats) float64 { return float64(s.Probes) }),
	counter("bus_probes_lost_total", "Probes that did not come back in time.", func(s bus.Stats) float64 { return float64(s.ProbesLost) }),
	counter("bus_rebuilds_total", "Connections that work again after a fault.", func(s bus.Stats) float64 { return float64(s.Rebuilds) }),
	counter("bus_departures_total", "Other hubs that ended without a word.", func(s bus.Stats) float64 { return float64(s.Departures) }),
}

var (
	commitSeconds = prometheus.NewDesc("parley_commit_seconds", "How long commits took.", nil, nil)
	commitSize    = prometheus.NewDesc("parley_commit_commands", "Commands in one commit.", nil, nil)
	errorsByCode  = prometheus.NewDesc("parley_errors_total", "Commands that failed.", []string{"code"}, nil)
)

// hubCollector adds what is not a single number.
type hubCollector struct {
	figures []figure[hub.Stats]
	read    func() hub.Stats
}

// Describe implements prometheus.Collector.
func (c *hubCollector) Describe(ch chan<- *prometheus.Desc) {
	(&collector[hub.Stats]{figures: c.figures}).Describe(ch)
	ch <- commitSeconds
	ch <- commitSize
	ch <- errorsByCode
}

// Collect implements prometheus.Collector.
func (c *hubCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.read()
	(&collector[hub.Stats]{figures: c.figures}).collect(ch, s)
	ch <- histogram(commitSeconds, hub.LatencyBounds[:], s.CommitLatency, s.CommitSeconds)
	ch <- histogram(commitSize, hub.SizeBounds[:], s.CommitSize, float64(s.Commands))
	for code, n := range s.Errors {
		ch <- prometheus.MustNewConstMetric(errorsByCode, prometheus.CounterValue, float64(n), strconv.Itoa(int(code)))
	}
}

// histogram adds up the counts of buckets, the last of which is for all above the bounds.
func histogram(desc *prometheus.Desc, bounds []float64, counts []int64, sum float64) prometheus.Metric {
	var total uint64
	buckets := make(map[float64]uint64, len(bounds))
	for i, n := range counts {
		total += uint64(n)
		if i < len(bounds) {
			buckets[bounds[i]] = total
		}
	}
	return prometheus.MustNewConstHistogram(desc, total, sum, buckets)
}
