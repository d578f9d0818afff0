package desk_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

func TestUndoingStandsByWhatIsLeftToDo(t *testing.T) {
	t.Parallel()
	one := func(state string, held *cardea.Hold) []say.Operation {
		return []say.Operation{{Operation: cardea.Operation{Held: held}, State: state}}
	}
	for name, c := range map[string]struct {
		undoing desk.Undoing
		want    desk.Standing
	}{
		"nothing to undo":     {desk.Undoing{}, desk.InStep},
		"shown":               {desk.Undoing{DoorRun: desk.DoorRun{Operations: one("waiting", nil)}}, desk.Pending},
		"shown, with a unit":  {desk.Undoing{DoorRun: desk.DoorRun{Operations: one("held", &cardea.Hold{Code: cardea.HeldUnits})}}, desk.Pending},
		"shown, not listed":   {desk.Undoing{DoorRun: desk.DoorRun{Operations: one("waiting", nil), Incomplete: []string{"x"}}}, desk.Incomplete},
		"done":                {desk.Undoing{DoorRun: desk.DoorRun{Run: "r", Operations: one("confirmed", nil)}}, desk.InStep},
		"done, and one wrong": {desk.Undoing{DoorRun: desk.DoorRun{Run: "r", Operations: one("failed", nil)}}, desk.Pending},
		"the door is silent":  {desk.Undoing{DoorRun: desk.DoorRun{Error: "no answer"}}, desk.Incomplete},
	} {
		if got := c.undoing.Standing(); got != c.want {
			t.Errorf("%s: standing %d, want %d", name, got, c.want)
		}
	}
}
