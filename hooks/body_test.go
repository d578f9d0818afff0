package hooks_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea/hooks"
)

// endless is a body that never ends, and of which more comes only when somebody asks.
type endless struct {
	read *atomic.Int64
	stop chan struct{}
	most int // after so many bytes it waits
}

func (e *endless) Read(p []byte) (int, error) {
	if e.most <= 0 {
		<-e.stop
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(p), e.most)
	e.most -= n
	e.read.Add(int64(n))
	return n, nil
}

// TestStrangersFillNoMemory: a thousand senders of large bodies hold a few of them, and small hooks are taken meanwhile.
func TestStrangersFillNoMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		h := hooks.New(hooks.Config{Desk: f, Now: time.Now})
		var read atomic.Int64
		stop := make(chan struct{})
		for range 1000 {
			go func() {
				req := httptest.NewRequest(http.MethodPost, "/hooks/rnd", &endless{&read, stop, 1 << 20})
				h.ServeHTTP(httptest.NewRecorder(), req)
			}()
		}
		synctest.Wait()
		if held := read.Load(); held > 64<<20 {
			t.Errorf("%d MiB are held for strangers", held>>20)
		}
		if code, _ := post(h, "/hooks/rnd", "good"); code != 200 {
			t.Errorf("a hook meanwhile: %d", code)
		}
		if code, _ := post(h, "/hooks/rnd", strings.Repeat("x", 1<<19)); code != 503 {
			t.Errorf("a large hook meanwhile: %d, want to be asked for again", code)
		}
		close(stop)
		synctest.Wait()
		if code, _ := post(h, "/hooks/rnd", "good"+strings.Repeat(" ", 1<<19)); code == 503 {
			t.Errorf("a large hook afterwards: %d", code)
		}
	})
}

// TestWhatIsForNobodyIsNotRead: of a name that has no hooks nothing is taken in.
func TestWhatIsForNobodyIsNotRead(t *testing.T) {
	t.Parallel()
	var read atomic.Int64
	h := hooks.New(hooks.Config{Desk: &fake{}, Now: time.Now})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/hooks/nobody", &endless{&read, nil, 1 << 20}))
	if w.Code != 400 || read.Load() != 0 {
		t.Errorf("%d, and %d bytes were read", w.Code, read.Load())
	}
}
