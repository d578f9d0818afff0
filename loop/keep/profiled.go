package keep

// profiled are the space connections at which people of one e-mail address are one person.
func (k *Keeper) profiled() map[string]bool {
	var out map[string]bool
	for _, i := range k.Integrations {
		if !i.Profiled {
			continue
		}
		if out == nil {
			out = map[string]bool{}
		}
		out[i.Space] = true
	}
	return out
}
