package config

import "github.com/cardea-access/cardea/desk"

// retains checks for how long what is over stays.
func (f *File) retains(p *problems) {
	r := f.Retain
	if r.History.Set && r.History.Duration < desk.KeepLeast {
		p.add(0, "retain: history %s is too short: undo and the guards look back, so keep at least %s", r.History.Duration, desk.KeepLeast)
	}
	if r.Records.Set && r.Records.Duration < desk.KeepLeast {
		p.add(0, "retain: records %s is too short: what was given for a booking may still have to be taken back, so keep at least %s",
			r.Records.Duration, desk.KeepLeast)
	}
}
