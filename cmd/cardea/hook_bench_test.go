package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store/storetest"
	"github.com/cardea-access/cardea/wire"
)

// BenchmarkHookToWrite measures an idle node, from a webhook that comes in to the first write at the door system. The vendors
// answer in process, so that their own time hardly counts. What this process computed meanwhile is told too: it stays the same on a
// machine that others use.
func BenchmarkHookToWrite(b *testing.B) {
	for _, db := range []database{{storetest.DSN(b), storetest.Schema(b)}, {dsn: "sqlite:" + b.TempDir() + "/cardea.db"}} {
		name, _, _ := strings.Cut(db.dsn, ":")
		b.Run(name, func(b *testing.B) { hookToWrite(b, db) })
	}
}

// writeTimes notes when the door system is first written to.
type writeTimes struct {
	next  http.RoundTripper
	first atomic.Int64
	cpu   atomic.Int64 // seconds computed by then, in nanoseconds
}

func (w *writeTimes) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && strings.Contains(req.URL.Path, "/kisi/role_assignments") {
		if w.first.CompareAndSwap(0, time.Now().UnixNano()) {
			w.cpu.Store(int64(burnt()))
		}
	}
	return w.next.RoundTrip(req)
}

func hookToWrite(b *testing.B, db database) {
	b.Helper()
	must := func(err error) {
		if err != nil {
			b.Helper()
			b.Fatal(err)
		}
	}
	world, err := sandbox.Load(worldsDir + "tiny.yaml")
	must(err)
	world.Speed = 400 // its own pace is the vendor's own time
	var handler http.Handler
	var arrived, spent atomic.Int64
	vendors, err := sandbox.New(world, sandbox.Options{Now: time.Now, Shift: true,
		Hook: func(ctx context.Context, address string, h http.Header, body []byte) error {
			u, err := url.Parse(address)
			if err != nil {
				return err
			}
			req := httptest.NewRequestWithContext(ctx, http.MethodPost, u.Path, bytes.NewReader(body))
			req.Header = h
			w := httptest.NewRecorder()
			spent.Store(int64(burnt()))
			arrived.Store(time.Now().UnixNano())
			handler.ServeHTTP(w, req)
			if w.Code != http.StatusOK {
				return fmt.Errorf("answered %d", w.Code)
			}
			return nil
		}})
	must(err)
	term := &terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}, now: time.Now, getenv: func(name string) string {
		return map[string]string{"CARDEA_KEY": matrixKey}[name]
	}}
	data, err := os.ReadFile(worldsDir + "tiny.cardea.yaml")
	must(err)
	file, err := config.Parse("tiny.cardea.yaml", data, term.getenv)
	must(err)
	file.Database = db.dsn
	for _, c := range file.Connections { // the vendor's pace is the vendor's own time
		c.Budget = config.Rate{Rate: wire.Rate{Calls: 1000, Per: time.Second}, Set: true}
	}
	writes := &writeTimes{next: vendors.Transport()}
	a, err := (&common{}).assemble(b.Context(), term, settings{file: file, schema: db.schema, transport: writes, registers: true})
	must(err)
	defer a.shut()
	handler = a.hooks(term, &serveCmd{})
	_, err = a.desk.InstallHooks(b.Context(), "rnd", "https://cardea.example.test", "bench")
	must(err)
	must(a.desk.Join(b.Context()))
	stop, err := a.desk.Start(b.Context())
	must(err)
	defer stop()
	time.Sleep(10 * time.Second) // the first run is through
	ends := []string{"2026-11-20", "2027-11-20"}
	var total, computed time.Duration
	n := 0
	b.ResetTimer()
	for b.Loop() {
		b.StopTimer()
		time.Sleep(lookRest)
		writes.first.Store(0)
		b.StartTimer()
		must(vendors.Patch([]byte("officernd: {memberships: [{_id: ms-ana, endDate: " + ends[n%2] + "}]}")))
		for deadline := time.Now().Add(20 * time.Second); writes.first.Load() == 0; {
			if time.Now().After(deadline) {
				b.Fatalf("nothing was written: %s", term.err)
			}
			time.Sleep(time.Millisecond)
		}
		computed += time.Duration(writes.cpu.Load() - spent.Load())
		total += time.Duration(writes.first.Load() - arrived.Load())
		n++
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(n), "ms/hook-to-write")
	b.ReportMetric(float64(computed.Microseconds())/1000/float64(n), "cpu-ms/hook-to-write")
}

// lookRest is longer than a record that was just looked at is left alone.
const lookRest = 3 * time.Second
