package apply

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-access/cardea/store"
)

// finishing is how long an operation that is under way may go on once the process was told to stop. It is shorter than what
// stops processes waits before it kills them.
const finishing = 5 * time.Second

// finish is a context for one operation. When the process is to stop, what was sent is waited for, so that the next run
// need not ask the vendor what became of it. When the lease was lost it ends at once: somebody else is at it.
func finish(ctx context.Context) (context.Context, context.CancelFunc) {
	mine, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), store.ErrLeaseLost) {
			cancel()
			return
		}
		late := time.AfterFunc(finishing, cancel)
		context.AfterFunc(mine, func() { late.Stop() })
	})
	return mine, func() {
		stop()
		cancel()
	}
}
