package nexudus

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// hookName begins the name of a webhook that is ours.
const hookName = "Cardea "

// webhook is the vendor's record: one action at one location (vendors/nexudus.md 3.1).
type webhook struct {
	ID       ref    `json:"Id"`
	Business ref    `json:"BusinessId"`
	Name     string `json:"Name"`
	URL      string `json:"URL"`
	Action   number `json:"Action"`
	Active   flag   `json:"Active"`
	LastSaid string `json:"LastError"`
	Errors   number `json:"ErrorCount"`
}

// seat is where a webhook belongs.
type seat struct {
	business string
	action   int64
}

// hookBook is what is registered, what should be, and what they are called.
type hookBook struct {
	there  []webhook
	wanted map[seat]string // name of the action
}

func (h hookBook) seats() []seat {
	return slices.SortedFunc(maps.Keys(h.wanted), func(a, b seat) int {
		return cmp.Or(cmp.Compare(len(a.business), len(b.business)), strings.Compare(a.business, b.business), cmp.Compare(a.action, b.action))
	})
}

// Install implements space.Hooks: one webhook for each action that matters and each location, with the action in its address,
// since a hook does not say what happened. What the vendor switched off after errors is switched on again. The shared secret is the
// account's and cannot be set by the API.
func (s *System) Install(ctx context.Context, address string) (cardea.HookState, error) {
	book, err := s.book(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	address = strings.TrimRight(address, "/")
	kept := map[seat]bool{}
	for _, w := range book.there {
		at := seat{string(w.Business), w.Action.n}
		name, wanted := book.wanted[at]
		good := wanted && !kept[at] && w.URL == address+"/"+name
		switch {
		case good && w.Active.yes:
		case good:
			w.Active = flag{true, true}
			if err := s.putHook(ctx, http.MethodPut, w, name); err != nil {
				return cardea.HookState{}, err
			}
		default:
			if err := s.dropHook(ctx, w.ID); err != nil {
				return cardea.HookState{}, err
			}
			continue
		}
		kept[at] = true
	}
	for _, at := range book.seats() {
		if kept[at] {
			continue
		}
		name := book.wanted[at]
		w := webhook{Business: ref(at.business), Action: number{at.action, true}, URL: address + "/" + name}
		if err := s.putHook(ctx, http.MethodPost, w, name); err != nil {
			return cardea.HookState{}, err
		}
	}
	return cardea.HookState{Ref: fmt.Sprintf("%d webhooks", len(book.wanted)), URL: address, On: true, Why: s.unsigned()}, nil
}

// unsigned says that hooks would come and not be believed.
func (s *System) unsigned() string {
	if len(s.secret) > 0 {
		return ""
	}
	return "the connection has no webhook_secret: set the shared secret in Nexudus under Settings > Integrations > Webhooks, and here"
}

// Installed implements space.Hooks.
func (s *System) Installed(ctx context.Context) (cardea.HookState, error) {
	book, err := s.book(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	if len(book.there) == 0 {
		return cardea.HookState{}, cardea.Errorf(cardea.NotFound, "Nexudus has no webhook of ours: run hooks install")
	}
	state := cardea.HookState{Ref: fmt.Sprintf("%d webhooks", len(book.there)), On: true, Why: s.unsigned()}
	off, here := "", map[seat]bool{}
	for _, w := range book.there {
		at := seat{string(w.Business), w.Action.n}
		name, wanted := book.wanted[at]
		if base, ok := strings.CutSuffix(w.URL, "/"+name); wanted && ok {
			state.URL = base
		}
		if !w.Active.yes {
			state.On = false
			off = strings.TrimPrefix(w.Name, hookName)
			continue
		}
		here[at] = here[at] || wanted
	}
	missing := 0
	for at := range book.wanted {
		if !here[at] {
			missing++
		}
	}
	switch {
	case !state.On:
		state.Why = fmt.Sprintf("Nexudus switched off the webhook %s after errors", off)
	case missing > 0:
		state.Why = fmt.Sprintf("%d of %d webhooks are missing: run hooks install", missing, len(book.wanted))
	}
	return state, nil
}

// Uninstall implements space.Hooks.
func (s *System) Uninstall(ctx context.Context) error {
	all, err := s.webhooks(ctx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if err := s.dropHook(ctx, w.ID); err != nil {
			return err
		}
	}
	return nil
}

// book reads what there is and works out what should be.
func (s *System) book(ctx context.Context) (hookBook, error) {
	b := hookBook{wanted: map[seat]string{}}
	var err error
	if b.there, err = s.webhooks(ctx); err != nil {
		return b, err
	}
	numbers := s.numbers(ctx)
	var locations []string
	err = s.list(ctx, businesses.path, url.Values{}, func(rows []json.RawMessage, m cardea.Mark) error {
		for _, row := range rows {
			if id := idOf(row); id != "" {
				locations = append(locations, string(id))
			}
		}
		return moved(m, businesses.path)
	})
	if err != nil {
		return b, err
	}
	for _, l := range locations {
		for name, a := range actions {
			if a.asked {
				b.wanted[seat{l, cmp.Or(numbers[name], int64(a.number))}] = name
			}
		}
	}
	return b, nil
}

// numbers asks what the actions' numbers are: names are to be relied on, numbers not (vendors/nexudus.md 3.2). Where it is not
// answered the documented ones are used.
func (s *System) numbers(ctx context.Context) map[string]int64 {
	out := map[string]int64{}
	answer, err := s.get(ctx, "/utils/enums", url.Values{"name": {"eWebhookAction"}})
	if err != nil {
		return out
	}
	var list []struct {
		ID   number `json:"Id"`
		Name string `json:"Name"`
	}
	if json.Unmarshal(answer.Body, &list) != nil {
		return out
	}
	for _, a := range list {
		if a.ID.set {
			out[a.Name] = a.ID.n
		}
	}
	return out
}

// webhooks lists ours.
func (s *System) webhooks(ctx context.Context) ([]webhook, error) {
	if s.registrar == nil {
		return nil, cardea.Errorf(cardea.Rejected, "webhooks are registered by the hooks command alone")
	}
	var out []webhook
	err := s.list(ctx, "/sys/webhooks", url.Values{}, func(rows []json.RawMessage, m cardea.Mark) error {
		for _, row := range rows {
			var w webhook
			if json.Unmarshal(row, &w) == nil && w.ID != "" && strings.HasPrefix(w.Name, hookName) {
				out = append(out, w)
			}
		}
		return moved(m, "/sys/webhooks")
	})
	return out, err
}

// putHook writes a webhook whole: a PUT clears what it leaves out (vendors/nexudus.md 0.4), and goes to the collection.
func (s *System) putHook(ctx context.Context, method string, w webhook, name string) error {
	body := map[string]any{
		"BusinessId": json.Number(w.Business), "Name": hookName + name, "URL": w.URL, "Action": w.Action.n, "Active": true,
		"Description": "Tells Cardea that something changed. Made by hooks install.",
	}
	if method == http.MethodPut {
		body["Id"] = json.Number(w.ID)
	}
	return s.command(ctx, wire.Call{Class: wire.Write, Method: method, Path: "/sys/webhooks", Body: body}, "register the webhook "+name)
}

func (s *System) dropHook(ctx context.Context, id ref) error {
	call := wire.Call{Class: wire.Write, Method: http.MethodDelete, Path: "/sys/webhooks/" + string(id)}
	err := s.command(ctx, call, "delete a webhook")
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil
	}
	return err
}

// command writes and takes nothing for done but the vendor's own word: 200 may be a refusal (vendors/nexudus.md 0.2).
func (s *System) command(ctx context.Context, call wire.Call, what string) error {
	var e envelope
	call.Out = &e
	answer, err := s.write(ctx, call)
	if err != nil {
		return err
	}
	if answer.Status == http.StatusNoContent {
		return nil
	}
	return e.failed(what)
}

// writeTries is how often a write is sent that the vendor had no room for.
const writeTries = 5

// write sends a write at the pace that the vendor takes writes at. Only the throttle's refusal is sent again: nothing was done then, while
// of any other trouble it is not known.
func (s *System) write(ctx context.Context, call wire.Call) (answer wire.Answer, err error) {
	for range writeTries {
		if s.writes != nil {
			if err := s.writes.Wait(ctx); err != nil {
				return answer, fmt.Errorf("waiting for room to write at Nexudus: %w", err)
			}
		}
		if answer, err = s.registrar.Do(ctx, call); cardea.ClassOf(err) != cardea.Throttled {
			break
		}
	}
	return answer, err
}
