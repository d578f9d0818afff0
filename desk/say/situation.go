package say

import "github.com/cardea-access/cardea"

var situations = map[cardea.Situation]Word{
	cardea.InStep: {"in step", "is as it was decided", ""},
	cardea.Missing: {
		"missing", "is to be in and is not",
		"It is added by the next run unless something waits; look with: cardea holds.",
	},
	cardea.Stray: {
		"stray", "is in and nothing speaks for it",
		"Give it a reason or a keep entry if it belongs there; remove it by hand where Cardea leaves it.",
	},
	cardea.TakenOut: {
		"taken out", "is to be in, Cardea put it there, and somebody took it out by hand",
		"End what gives it in the space system, or block the person, if it is to stay out.",
	},
	cardea.PutBack: {
		"put back", "was in, its reason ended, and somebody put it back by hand",
		"Give it a reason or a keep entry if it belongs there.",
	},
	cardea.ByHand: {
		"made by hand", "is in, has a reason, and was put there by somebody else",
		"Nothing has to be done: a group that Cardea has to itself takes it over, a shared one leaves it.",
	},
	cardea.Changed: {
		"changed", "is in with other times than Cardea gave it",
		"Change the times in the space system, not at the door.",
	},
	cardea.Leaving: {
		"leaving", "has no reason any more and is still in",
		"It goes with the next run unless something waits; look with: cardea holds.",
	},
	cardea.AccountGone: {
		"account gone", "had an account that is not at the door system any more",
		"Nothing has to be done: who is granted something gets a new one.",
	},
	cardea.AccountRenamed: {
		"account renamed", "has an account that bears another name or address than it did",
		"Change it back at the door system, or leave it: the link stays.",
	},
	cardea.Disputed: {
		"disputed", "has an account of which it is not settled whose it is",
		"Link the account to its person or close it.",
	},
	cardea.GroupGone: {
		"group gone", "is mapped and not at the door system any more",
		"Map another group, or remove the mapping.",
	},
	cardea.GroupRenamed: {
		"group renamed", "bears another name than when it was mapped",
		"Write the new name into the configuration; the mapping goes on meanwhile.",
	},
	cardea.Contested: {
		"contested", "is written by somebody else too, who keeps undoing what Cardea does",
		"Switch the other bridge off, or set the group's mode to shared or watch; then: cardea release --code contested.",
	},
}

// Situation tells what a situation is called, what it means, and what a person does about it.
func Situation(s cardea.Situation) Word {
	if w, ok := situations[s]; ok {
		return w
	}
	return Word{Short: Clean(string(s)), Text: "is " + Clean(string(s))}
}

var doings = map[cardea.Doing]string{
	cardea.Reverts: "Cardea sets it right with the next run",
	cardea.Gives:   "Cardea adds it with the next run",
	cardea.Adopts:  "Cardea takes it over with the next run",
	cardea.Reports: "Cardea tells of it and leaves it",
}

// Doing tells what Cardea does about a situation.
func Doing(s cardea.Standing) string {
	if s.Does == cardea.Waits {
		return "it waits: " + Hold(s.Held).Text
	}
	if text, ok := doings[s.Does]; ok {
		return text
	}
	return Clean(string(s.Does))
}
