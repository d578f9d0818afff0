package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// control answers /_sandbox/...; path is what follows. From this machine only: the peer must be on loopback, and the Host must
// say so too, or a page in a browser could reach in by a name of its own.
func (s *Server) control(w http.ResponseWriter, r *http.Request, path string, inside bool) {
	if !inside && !(loopback(r.RemoteAddr) && loopback(r.Host)) {
		show(w, http.StatusForbidden, problem{"the control routes answer this machine only, by 127.0.0.1 or localhost"})
		return
	}
	first, second, _ := strings.Cut(path, "/")
	switch r.Method + " " + path {
	case "GET switches":
		show(w, http.StatusOK, s.Switches())
		return
	case "PATCH switches":
		var values map[string]string
		s.change(w, r, func(body []byte) error {
			if err := json.Unmarshal(body, &values); err != nil {
				return fmt.Errorf("not a JSON object of texts: %w", err)
			}
			return s.SetSwitches(values)
		})
		return
	case "GET world":
		show(w, http.StatusOK, s.snapshot())
		return
	case "PATCH world":
		s.change(w, r, s.Patch)
		return
	}
	b := s.booths[first]
	if b == nil {
		show(w, http.StatusNotFound, problem{"there is no control route " + r.Method + " " + r.URL.Path})
		return
	}
	s.controlVendor(w, r, first, second)
}

func (s *Server) controlVendor(w http.ResponseWriter, r *http.Request, k, what string) {
	b := s.booths[k]
	switch r.Method + " " + what {
	case "GET groups":
		show(w, http.StatusOK, orEmpty(s.Groups(k)))
	case "GET log":
		show(w, http.StatusOK, orEmpty(s.Writes(k)))
	case "GET faults":
		b.mu.Lock()
		faults := append([]Fault{}, b.faults...)
		b.mu.Unlock()
		show(w, http.StatusOK, faults)
	case "POST faults":
		s.change(w, r, func(body []byte) error { return s.addFaults(k, body) })
	case "DELETE faults":
		s.ClearFaults(k)
		show(w, http.StatusOK, done{"ok"})
	case "POST expire":
		if e, can := b.vendor.(expiring); can {
			e.ExpireTokens()
		}
		show(w, http.StatusOK, done{"ok"})
	case "POST tick":
		s.Tick()
		show(w, http.StatusOK, done{"ok"})
	case "GET access", "POST access":
		s.controlAccess(w, r)
	default:
		if own, can := b.vendor.(controlled); can {
			controlOwn(w, r, own, what)
			return
		}
		show(w, http.StatusNotFound, problem{"there is no control route " + r.Method + " " + r.URL.Path})
	}
}

// controlOwn asks a vendor for a control route that only it has.
func controlOwn(w http.ResponseWriter, r *http.Request, own controlled, what string) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			show(w, http.StatusBadRequest, problem{"the body could not be read"})
			return
		}
	}
	answer, known, err := own.Control(r.Method, what, body)
	switch {
	case !known:
		show(w, http.StatusNotFound, problem{"there is no control route " + r.Method + " " + r.URL.Path})
	case err != nil:
		show(w, http.StatusBadRequest, problem{err.Error()})
	default:
		show(w, http.StatusOK, answer)
	}
}

func (s *Server) addFaults(k string, body []byte) error {
	var list []Fault
	if strings.HasPrefix(strings.TrimSpace(string(body)), "[") {
		if err := decodeStrict(body, &list); err != nil {
			return err
		}
	} else {
		var one Fault
		if err := decodeStrict(body, &one); err != nil {
			return err
		}
		list = []Fault{one}
	}
	for i := range list { // all or nothing
		if err := list[i].check(); err != nil {
			return err
		}
	}
	for _, f := range list {
		if err := s.Fault(k, f); err != nil {
			return err
		}
	}
	return nil
}

func decodeStrict(body []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("not a fault: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("not a fault: something follows it")
	}
	return nil
}

type problem struct {
	Error string `json:"error"`
}

type done struct {
	Status string `json:"status"`
}

// change runs a write of the control routes on the request's body.
func (s *Server) change(w http.ResponseWriter, r *http.Request, do func([]byte) error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			show(w, http.StatusBadRequest, problem{"the body could not be read"})
			return
		}
	}
	if err := do(body); err != nil {
		show(w, http.StatusBadRequest, problem{err.Error()})
		return
	}
	show(w, http.StatusOK, done{"ok"})
}

func show(w http.ResponseWriter, status int, v any) {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		return // the caller is gone
	}
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// loopback says whether an address or a Host header is this machine.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// snapshot is the world as it is now; keys, client secrets and webhook secrets stay in.
type snapshot struct {
	Name    string                                 `json:"name"`
	About   string                                 `json:"about"`
	Anchor  string                                 `json:"anchor"`
	Moved   int                                    `json:"moved_days"`
	Speed   int                                    `json:"speed"`
	Now     time.Time                              `json:"now"`
	Vendors map[string]map[string][]map[string]any `json:"vendors"`
}

func (s *Server) snapshot() snapshot {
	out := snapshot{
		Name: s.world.Name, About: s.world.About, Anchor: s.world.Anchor.Format(time.DateOnly), Moved: s.days,
		Speed: max(s.world.Speed, 1), Now: s.now().UTC(), Vendors: map[string]map[string][]map[string]any{},
	}
	for k, b := range s.booths {
		out.Vendors[k] = b.vendor.Records()
	}
	return out
}
