package bench

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed report.html
var reportText string

var report = template.Must(template.New("report").Funcs(template.FuncMap{
	"bars": drawBars, "line": drawLine,
	"ms":    func(v float64) string { return fmt.Sprintf("%.2f ms", v) },
	"us":    func(v float64) string { return fmt.Sprintf("%.2f µs", v) },
	"rate":  func(n int64, seconds float64) string { return fmt.Sprintf("%.0f", float64(n)/seconds) },
	"table": Table,
}).Parse(reportText))

// WriteHTML writes a result as a page that needs nothing from elsewhere.
func WriteHTML(w io.Writer, r *Result) error {
	return report.Execute(w, struct {
		*Result
		When string
	}{r, time.Now().UTC().Format("2 January 2006, 15:04 UTC")})
}

const chartWidth, chartHeight = 720.0, 180.0

// drawBars draws latencies: one bar for each doubling.
func drawBars(all []Bar) template.HTML {
	var most int64
	for _, bar := range all {
		most = max(most, bar.Count)
	}
	if most == 0 {
		return "<p>nothing was measured</p>"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="latencies">`, chartWidth, chartHeight+20)
	width := chartWidth / float64(len(all))
	for i, bar := range all {
		height := chartHeight * float64(bar.Count) / float64(most)
		x := float64(i) * width
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>up to %.3g ms: %d</title></rect>`,
			x, chartHeight-height, width-2, height, bar.UpTo, bar.Count)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f">%.3g</text>`, x+2, chartHeight+14, bar.UpTo)
	}
	return template.HTML(b.String() + "</svg>") //nolint:gosec // numbers alone
}

// drawLine draws a figure of each second.
func drawLine(all []Second, what string) template.HTML {
	pick := map[string]func(Second) float64{
		"deliveries": func(s Second) float64 { return float64(s.Deliveries) },
		"server":     func(s Second) float64 { return s.ServerCPU },
		"load":       func(s Second) float64 { return s.ClientCPU },
	}[what]
	var most float64
	for _, s := range all {
		most = max(most, pick(s))
	}
	if most == 0 || len(all) < 2 {
		return "<p>nothing was measured</p>"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="%s"><path d="`, chartWidth, chartHeight+20, what)
	for i, s := range all {
		fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], chartWidth*float64(i)/float64(len(all)-1), chartHeight*(1-pick(s)/most))
	}
	fmt.Fprintf(&b, `"/><text x="2" y="%.1f">at most %.3g, over %d s</text></svg>`, chartHeight+14, most, len(all))
	return template.HTML(b.String()) //nolint:gosec // numbers alone
}
