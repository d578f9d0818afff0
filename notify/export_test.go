package notify

import (
	"net/http"
	"net/url"
)

// Line is the way to one endpoint.
func Line(host string) *http.Transport {
	return line(map[string]Endpoint{"one": {URL: &url.URL{Scheme: "https", Host: host}}})
}
