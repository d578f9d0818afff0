package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// brivoSide is Brivo by an administrator's password, as the matrix has it.
var brivoSide = side{
	name: "brivo",
	connection: `{system: brivo, base_url: "` + origin + `brivo", api_key: sandbox-api-key, ` +
		`client_id: 3f1c0e52-1111-4222-8333-5a6b7c8d9e01, client_secret: brivo-password-app-secret, ` +
		`user: acme1357, password: sandbox-password}`,
}

// brivoBy is brivoSide with more settings.
func brivoBy(settings string) side {
	out := brivoSide
	out.connection = strings.TrimSuffix(out.connection, "}") + ", " + settings + "}"
	return out
}

// houseBrivo is our own space system with a Brivo behind it.
func houseBrivo(t *testing.T, door side) *rig {
	t.Helper()
	r := pair(t, spaceSide("house"), door, onSQLite, commonMappings(door))
	fillHouse(r)
	return r
}

// control asks a control route of the sandbox.
func (r *rig) control(method, path, body string) string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, origin+"_sandbox/"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	res, err := r.vendors.Transport().RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	text := bodyText(r.t, res)
	if res.StatusCode != http.StatusOK {
		r.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return text
}

func bodyText(t *testing.T, res *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// brivoWrites are what Brivo was told to change, oldest first.
func (r *rig) brivoWrites() []string {
	var out []string
	for _, w := range r.vendors.Writes("brivo") {
		out = append(out, w.Method+" "+strings.TrimPrefix(w.Path, "/api/v1/api"))
	}
	return out
}
