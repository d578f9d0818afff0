package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
)

// wantWrites is "none", or how often each request was sent: {POST /users: 2}.
type wantWrites map[string]int

func (w *wantWrites) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		*w = wantWrites{}
		return nil
	}
	var m map[string]int
	if err := n.Decode(&m); err != nil {
		return fmt.Errorf("line %d: writes is none, or METHOD /path: COUNT", n.Line)
	}
	*w = m
	return nil
}

// wantChange is an operation of the run's changeset that writes, held or not.
type wantChange struct {
	Do     cardea.Verb     `yaml:"do"`
	Who    string          `yaml:"who"`
	Group  string          `yaml:"group"`
	Cause  cardea.Cause    `yaml:"cause"`
	Window *window         `yaml:"window"`
	Held   cardea.HoldCode `yaml:"held"`
}

// wantChanges is "none", or a list.
type wantChanges []wantChange

func (w *wantChanges) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		*w = wantChanges{}
		return nil
	}
	// Decoding by hand would forget to refuse unknown keys.
	known := []string{"do", "who", "group", "cause", "window", "held"}
	for _, item := range n.Content {
		for i := 0; i+1 < len(item.Content); i += 2 {
			if !slices.Contains(known, item.Content[i].Value) {
				return fmt.Errorf("line %d: unknown key %q", item.Content[i].Line, item.Content[i].Value)
			}
		}
	}
	return n.Decode((*[]wantChange)(w))
}

// wantAccount is what the door system was told when an account was made. The company is never among it.
type wantAccount struct {
	Email string `yaml:"email"`
	Name  string `yaml:"name"`
	First string `yaml:"first"`
	Last  string `yaml:"last"`
	Phone string `yaml:"phone"`
}

// wantMails is how the vendor's mail switches were sent: left out, true or false; "-" = no such request.
type wantMails struct {
	Accounts string `yaml:"accounts"` // send_emails of a new user
	Grants   string `yaml:"grants"`   // notify of a new entry
}

type wantIssue struct {
	Code   string `yaml:"code"`
	Person string `yaml:"person"` // as the world file calls them
	Record string `yaml:"record"`
	Group  string `yaml:"group"`
}

// lookAtRun compares what the run did.
func (p *player) lookAtRun(one *step) {
	p.t.Helper()
	p.lookAtWrites(one)
	var all, done []string
	for _, d := range p.result.Doors {
		for _, o := range d.Operations {
			if !o.Verb.Writes() {
				continue
			}
			all = append(all, changed(o))
			if o.Held == nil && o.State != "confirmed" && o.State != "skipped" {
				p.errorf("%s is %s: %s", changed(o), o.State, o.Error)
			}
			if o.New != nil {
				done = append(done, fmt.Sprintf("%+v", wantAccount{o.New.Email, o.New.Name, o.New.First, o.New.Last, o.New.Phone}))
			}
		}
	}
	if one.Changes != nil {
		left := slices.Clone(all)
		for _, w := range *one.Changes {
			p.take(w, &left)
		}
		if len(left) > 0 {
			p.errorf("unexpected: %s", strings.Join(left, "; "))
		}
	}
	for _, w := range one.Among {
		left := slices.Clone(all)
		p.take(w, &left)
	}
	for _, w := range one.Made {
		if !slices.Contains(done, fmt.Sprintf("%+v", w)) {
			p.errorf("no account was made as %+v; made were %v", w, done)
		}
	}
	p.lookAtIssues(one)
}

// changed prints an operation in the form that take understands.
func changed(o say.Operation) string {
	who := o.Email
	if who == "" {
		who = o.PersonName
	}
	held := ""
	if o.Held != nil {
		held = " held " + string(o.Held.Code)
	}
	return fmt.Sprintf("%s %s %s|%s%s|%s/%s", o.Verb, strings.ToLower(strings.TrimSpace(who)), o.GroupName, o.Cause, held,
		o.Window.From, o.Window.Until)
}

// take finds a change in a list and takes it out.
func (p *player) take(w wantChange, list *[]string) {
	p.t.Helper()
	want := []string{fmt.Sprintf("%s %s %s", w.Do, w.Who, w.Group), string(w.Cause), ""}
	if w.Held != "" {
		want[1] += " held " + string(w.Held)
	}
	if w.Window != nil {
		v := w.Window.of(p.t, p.s.zone)
		want[2] = v.From.String() + "/" + v.Until.String()
	}
	for i, one := range *list {
		is := strings.Split(one, "|")
		if is[0] == want[0] && is[1] == want[1] && (want[2] == "" || is[2] == want[2]) {
			*list = slices.Delete(*list, i, i+1)
			return
		}
	}
	p.errorf("nothing says %s; there is %s", strings.Join(want, "|"), strings.Join(*list, "; "))
}

var numbered = regexp.MustCompile(`/\d+$`)

// lookAtWrites compares what the door system was sent since the step began, and the mail switches in it.
func (p *player) lookAtWrites(one *step) {
	p.t.Helper()
	got := wantWrites{}
	mails := wantMails{"-", "-"}
	for _, w := range p.vendors.Writes("kisi")[p.before:] {
		path := numbered.ReplaceAllString(w.Path, "")
		got[w.Method+" "+path]++
		if w.Method != "POST" {
			continue
		}
		var body struct {
			SendEmails *bool `json:"send_emails"`
			Notify     *bool `json:"notify"`
			User       struct {
				SendEmails *bool `json:"send_emails"`
			} `json:"user"`
			Assignment struct {
				Notify *bool `json:"notify"`
			} `json:"role_assignment"`
		}
		if err := json.Unmarshal(w.Body, &body); err != nil {
			p.t.Fatal(err)
		}
		switch path {
		case "/users":
			mails.Accounts = joinedSwitch(mails.Accounts, body.SendEmails, body.User.SendEmails)
		case "/role_assignments":
			mails.Grants = joinedSwitch(mails.Grants, body.Notify, body.Assignment.Notify)
		}
	}
	if one.Writes != nil && !maps.Equal(got, *one.Writes) {
		p.errorf("the door system was sent %v, want %v", got, *one.Writes)
	}
	if one.Mails != nil && mails != *one.Mails {
		p.errorf("mail switches were sent as %+v, want %+v", mails, *one.Mails)
	}
}

// joinedSwitch adds what one request said of a switch to what the others said.
func joinedSwitch(before string, plain, inside *bool) string {
	says := "left out"
	for _, b := range []*bool{plain, inside} {
		if b != nil {
			says = fmt.Sprint(*b)
		}
	}
	if before == "-" || before == says {
		return says
	}
	return "mixed"
}

func (p *player) lookAtIssues(one *step) {
	p.t.Helper()
	var got []cardea.Issue
	groups := map[cardea.GroupID]string{}
	for _, g := range p.vendors.Groups("kisi") {
		groups[cardea.GroupID(g.ID)] = g.Name
	}
	for _, d := range p.result.Doors {
		for _, i := range d.Issues {
			got = append(got, i.Issue)
		}
	}
	find := func(w wantIssue) bool {
		return slices.ContainsFunc(got, func(i cardea.Issue) bool {
			_, who, _ := i.Person.Split()
			return i.Code == w.Code && (w.Person == "" || who.ID == sandbox.ID(w.Person)) &&
				(w.Record == "" || i.Record != nil && i.Record.ID == sandbox.ID(w.Record)) && (w.Group == "" || groups[i.Group] == w.Group)
		})
	}
	for _, w := range one.Issues {
		if !find(w) {
			p.errorf("there is no issue %+v among %+v", w, got)
		}
	}
	for _, w := range one.Quiet {
		if find(w) {
			p.errorf("there should be no issue %+v", w)
		}
	}
}
