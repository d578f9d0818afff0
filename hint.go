package cardea

// Hint is what one hook says: look again at these. It carries no facts, and what it names need not exist.
type Hint struct {
	// Event is what the vendor names the event, the same when it is delivered again; empty = it has no name of its own.
	Event string
	// Keys are the records to read again; of a door system its accounts, groups, and entries by their Ref, a new one with HintNew
	// before it.
	Keys []Key
	// Off is why the vendor switched its hooks off, or is about to; empty = it did not.
	Off string
}

// HintNew stands before the Ref of an entry of a door system that was made just now.
const HintNew = "+"

// HookPath is the header in which a way in hands on what follows the connection in a hook's address: some vendors say there, and
// nowhere else, what happened. A sender's own header of this name is thrown away.
const HookPath = "Cardea-Hook-Path"

// HookState is how the hooks of a connection are registered at the vendor.
type HookState struct {
	Ref string `json:"ref,omitempty"` // the vendor's id of the registration
	URL string `json:"url"`
	On  bool   `json:"on"`
	Why string `json:"why,omitempty"` // it is off, or not everything is sent
	// Secret is what the vendor made, or was given, to sign with; empty when it does not show it.
	Secret string `json:"-"`
}
