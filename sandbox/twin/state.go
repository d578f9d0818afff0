package twin

// GroupState is a door system's group as the control route shows it.
type GroupState struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Members []string   `json:"members"` // who could pass now: e-mail, or id:N; sorted, without doubles
	All     []EdgeSeen `json:"all"`     // every edge, staged and expired ones too, by id
}

// EdgeSeen is one edge of a group.
type EdgeSeen struct {
	ID      string `json:"id"`
	Account string `json:"account"` // the vendor's id; "team:7", "guest:7" for what is no account
	Email   string `json:"email"`
	From    string `json:"from"`  // empty = no start
	Until   string `json:"until"` // empty = no end
	Enabled bool   `json:"enabled"`
}
