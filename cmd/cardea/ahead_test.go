package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/store/storetest"
)

// crowded is the world tiny with more people who have a hot desk.
func crowded(t *testing.T, people int) []byte {
	t.Helper()
	var members, memberships strings.Builder
	for i := range people {
		fmt.Fprintf(&members, "    - {<<: *member, _id: c%04d, name: Crowd %d, email: c%04d@x.test}\n", i, i, i)
		fmt.Fprintf(&memberships, "    - {<<: *hotdesk, _id: ms-c%04d, member: c%04d}\n", i, i)
	}
	world := string(read(t, worldsDir+"tiny.yaml"))
	world = strings.Replace(world, "\n  members:\n", "\n  members:\n"+members.String(), 1)
	return []byte(strings.Replace(world, "\n  memberships:\n", "\n  memberships:\n"+memberships.String(), 1))
}

// TestARevocationIsTheNextWriteDuringASweep fills an empty door system, which takes far longer at the vendor's pace than
// anybody who is gone may stay: from the moment on in which a member is known to have gone, nothing else is written before they
// are out. Then it goes on, and nobody is forgotten: with fewer people, for the time that it takes.
func TestARevocationIsTheNextWriteDuringASweep(t *testing.T) {
	t.Parallel()
	t.Run("to the end", func(t *testing.T) {
		t.Parallel()
		nextWrite(t, 400, true)
	})
	t.Run("5000 people", func(t *testing.T) {
		t.Parallel()
		people := 5000
		if storetest.Raced {
			people = 1000
		}
		nextWrite(t, people, false)
	})
}

func nextWrite(t *testing.T, people int, toTheEnd bool) {
	t.Helper()
	bubble(t, morning, func(t *testing.T) {
		r := rigOf(t, "tiny", crowded(t, people), string(read(t, worldsDir+"tiny.cardea.yaml")), onSQLite, nil)
		defer func() { r.shut() }()
		r.listening("rnd")
		stop := r.serving()
		defer stop()
		in := func() bool { _, there := r.edge("General access", "c0003@x.test"); return there }
		for !in() || r.writes() < 100 {
			time.Sleep(time.Second)
			if r.writes() > 2*people-100 {
				t.Fatal("C0003 is not in, or the filling is through too early")
			}
		}
		took, ws := time.Now(), r.app.store.In("default")
		r.patch("officernd: {memberships: [{_id: ms-c0003, endDate: 2026-11-20}]}")
		// The fact is there when the record was read again, and somebody was marked.
		for dirty := 0; dirty == 0; time.Sleep(10 * time.Millisecond) {
			marked, err := ws.Dirty(context.Background(), "kisi")
			if err != nil {
				t.Fatal(err)
			}
			dirty = len(marked)
			if time.Since(took) > time.Minute {
				t.Fatal("nobody was marked within a minute")
			}
		}
		from := r.writes()
		for r.writes() == from && time.Since(took) < 5*time.Minute {
			time.Sleep(100 * time.Millisecond)
		}
		if s := r.sent(from); len(s) == 0 || !strings.HasPrefix(s[0], http.MethodDelete) || in() {
			t.Fatalf("%s after it was said, the next writes are %v; C0003 is in: %v", time.Since(took), s, in())
		}
		if !toTheEnd {
			return
		}
		time.Sleep(time.Duration(6*people) * 250 * time.Millisecond)
		if n := len(r.inside()["General access"]); n < people-1 {
			t.Errorf("%d of %d are in at the end", n, people)
		}
	})
}
