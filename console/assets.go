package console

import (
	"bytes"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed all:dist
var embedded embed.FS

// assets are the built files. Their names carry a hash of their content, so a browser may keep them for ever.
type assets struct {
	names map[string]string // console.css -> console.0123456789ab.css
	files map[string][]byte
}

// load reads the manifest and the files it names. Without a manifest nothing was built: the page works unstyled and
// says so.
func load(dist fs.FS) *assets {
	a := &assets{names: map[string]string{}, files: map[string][]byte{}}
	manifest, err := fs.ReadFile(dist, "manifest.json")
	if err != nil {
		return a
	}
	if json.Unmarshal(manifest, &a.names) != nil {
		return &assets{}
	}
	for _, name := range a.names {
		if content, err := fs.ReadFile(dist, name); err == nil {
			a.files[name] = content
		}
	}
	return a
}

// built says whether there are assets to link to.
func (a *assets) built() bool { return len(a.files) > 0 }

// url is the address of an asset by its plain name; empty when it was not built.
func (a *assets) url(name string) string {
	if hashed, ok := a.names[name]; ok {
		return "/assets/" + hashed
	}
	return ""
}

// ServeHTTP answers /assets/NAME. Only hashed names are known.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/assets/")
	content, ok := a.files[name]
	if !ok {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// contentType does not ask the machine's own table for what the console ships.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
