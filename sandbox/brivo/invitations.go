package brivo

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Statuses of an invitation (6.2). EXPIRED is never stored: it is what PENDING becomes with time.
const (
	pending   = "PENDING"
	redeemed  = "REDEEMED"
	expired   = "EXPIRED"
	cancelled = "CANCELLED"
)

// invitationLife is that of the samples (6.2).
const invitationLife = 72 * time.Hour

// aged is an invitation as it is now.
func (v *Vendor) aged(i row) row {
	end, err := twin.ParseStamp(text(i, "expiration"))
	if text(i, "status") == pending && err == nil && !v.now().Before(end) {
		return with(i, row{"status": expired})
	}
	return i
}

func (v *Vendor) invitationsOf(u row) []row {
	return v.state["invitations"].all(by("userId", idOf(u["id"])))
}

func showInvitation(i row) row {
	return keep(i, "id", "referenceId", "credentialId", "accessCode", "created", "expiration", "cancelDate", "status", "nfcEnabled")
}

func (v *Vendor) listInvitations(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	every := c.r.URL.Query().Get("filter") != "" || v.switches.Is("invitation_default", "all")
	rows := []row{}
	for _, i := range v.invitationsOf(u) {
		if i = v.aged(i); every || text(i, "status") == pending {
			rows = append(rows, i)
		}
	}
	v.page(c, rows, map[string]field{"status": {"eq", func(_ *Vendor, i row, _, value string) bool {
		return strings.EqualFold(value, "all") || strings.EqualFold(value, text(i, "status"))
	}}}, func(i row) row {
		out := showInvitation(i)
		if v.switches.Is("invitation_rows", "short") {
			delete(out, "credentialId")
		}
		return out
	})
}

// invite issues a Mobile Pass: one pending invitation at a time.
func (v *Vendor) invite(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	body, ok := c.body(false)
	if !ok {
		return
	}
	q := c.r.URL.Query()
	nfc, email := q.Get("nfcEnabled") == "true", q.Get("sendInvitationEmail") == "true"
	to, language := text(body, "referenceId"), q.Get("language")
	if to == "" || language != "" && !slices.Contains([]string{"en", "fr", "es", "nl", "de", "sv"}, language) {
		c.criteria()
		return
	}
	for _, i := range v.invitationsOf(u) {
		switch text(v.aged(i), "status") {
		case pending:
			c.fail(http.StatusConflict, "A digital invitation is pending already")
			return
		case expired:
			if v.switches.Is("reissue_expired", "409") {
				c.fail(http.StatusConflict, "A digital invitation exists already")
				return
			}
		}
	}
	holds := func(cr row) bool { return text(cr, "kind") == kindPass }
	if v.switches.Is("second_pass", "409") && slices.ContainsFunc(v.credentialsOf(u), holds) {
		c.fail(http.StatusConflict, "The user has a digital credential already")
		return
	}
	allotted, used := v.stock(false)
	if wallets, usedWallets := v.stock(true); nfc && usedWallets >= wallets {
		c.fail(http.StatusPreconditionFailed, "No wallet passes left")
		return
	}
	if used >= allotted {
		status := http.StatusPreconditionFailed
		if v.switches.Is("out_of_passes", "400") {
			status = http.StatusBadRequest
		}
		c.fail(status, "No digital credentials left")
		return
	}
	c.reply(showInvitation(v.issuePass(u, to, language, nfc, email)))
}

func (v *Vendor) issuePass(u row, to, language string, nfc, email bool) row {
	cr := v.state["credentials"].add(row{
		"userId": u["id"], "kind": kindPass, "format": float64(formatPass), "referenceId": to, "size": 64.0, "pending": true,
		"nfc": nfc,
	})
	now := v.now()
	i := v.state["invitations"].add(row{
		"userId": u["id"], "referenceId": to, "credentialId": cr["id"], "status": pending, "nfcEnabled": nfc,
		"created": twin.Stamp(now), "expiration": twin.Stamp(now.Add(invitationLife)),
	})
	sum := sha256.Sum256(fmt.Appendf(nil, "invitation %v %s", i["id"], to))
	i["accessCode"] = fmt.Sprintf("%x", sum[:4])
	if email {
		if language == "" {
			language = "en"
		}
		v.mails = append(v.mails, row{
			"to": to, "about": "invitation", "accessCode": i["accessCode"], "language": language, "at": twin.Stamp(now),
		})
	}
	return i
}

// stock is how many passes, or wallet passes, the account may give out, and how many are: redeemed ones and those under way.
func (v *Vendor) stock(wallet bool) (allotted, used int) {
	allotted = int(idOf(v.account["passes"]))
	if wallet {
		allotted = int(idOf(v.account["walletPasses"]))
	}
	return allotted, len(v.state["credentials"].all(func(cr row) bool {
		return text(cr, "kind") == kindPass && (!wallet || flag(cr, "nfc"))
	}))
}

func (v *Vendor) allotment(c *call) {
	allotted, used := v.stock(false)
	c.reply(row{"allotted": allotted, "assigned": used})
}

// cancel ends an invitation that was not redeemed; its credential goes.
func (v *Vendor) cancel(i row) row {
	next := with(i, row{"status": cancelled, "cancelDate": twin.Stamp(v.now())})
	v.state["invitations"].put(next)
	if cr := v.state["credentials"].rows[idOf(i["credentialId"])]; flag(cr, "pending") {
		v.state["credentials"].drop(idOf(cr["id"]))
	}
	return next
}

// cancelInvitation ends the one that waits; an expired one may be ended too.
func (v *Vendor) cancelInvitation(c *call) {
	u := c.pick("users", "User", 0)
	if u == nil {
		return
	}
	for _, i := range slices.Backward(v.invitationsOf(u)) {
		if s := text(v.aged(i), "status"); s == pending || s == expired {
			c.reply(showInvitation(v.cancel(i)))
			return
		}
	}
	c.missing("Digital invitation")
}

// redeem is what the app does with e-mail and code; it is no part of this API (6.2).
func (v *Vendor) redeem(email, code string) error {
	for _, i := range v.state["invitations"].all(nil) {
		if !strings.EqualFold(text(i, "referenceId"), email) || text(i, "accessCode") != code {
			continue
		}
		if s := text(v.aged(i), "status"); s != pending {
			return fmt.Errorf("the invitation is %s", s)
		}
		v.state["invitations"].put(with(i, row{"status": redeemed}))
		cr := v.state["credentials"].rows[idOf(i["credentialId"])]
		if cr == nil { // an invitation of a world file
			cr = row{
				"id": i["credentialId"], "userId": i["userId"], "kind": kindPass, "format": float64(formatPass),
				"referenceId": i["referenceId"], "size": 64.0,
			}
			if idOf(cr["id"]) == 0 {
				cr = v.state["credentials"].add(cr)
				v.state["invitations"].put(with(i, row{"status": redeemed, "credentialId": cr["id"]}))
			}
		}
		v.state["credentials"].put(with(cr, row{"pending": nil, "effectiveFrom": twin.Stamp(v.now())}))
		return nil
	}
	return fmt.Errorf("there is no invitation for %s with the code %q", email, code)
}
