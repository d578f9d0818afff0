package main

import (
	"net/http"
	"sync/atomic"
	"testing"
)

// TestNexudusHooksOfManyLocationsAreRegisteredAtOneGo: thirty webhooks a location are more writes than Nexudus takes in a minute.
func TestNexudusHooksOfManyLocationsAreRegisteredAtOneGo(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		door := doorSide("kisi")
		r := pair(t, nexudusSide(t), door, onSQLite, commonMappings(door))
		defer func() { r.shut() }()
		r.patch(`nexudus: {businesses: [{Id: leeds, Name: Leeds}, {Id: york, Name: York}, {Id: bath, Name: Bath}]}`)
		refused := &atomic.Int64{}
		r.tapped().after = func(_ int, _ *http.Request, res *http.Response) (*http.Response, error) {
			if res.StatusCode == http.StatusConflict {
				refused.Add(1)
			}
			return res, nil
		}
		r.listening("space")
		if n := refused.Load(); n != 0 {
			t.Errorf("%d writes came too fast", n)
		}
		was, err := r.app.desk.HookStanding(t.Context(), "space")
		if err != nil || !was.On || was.Why != "" {
			t.Errorf("%+v, %v", was, err)
		}
		done, err := r.app.desk.RemoveHooks(t.Context(), "space", "tester")
		if err != nil || done.Installed {
			t.Errorf("after they were removed: %+v, %v", done, err)
		}
	})
}
