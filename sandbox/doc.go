// Package sandbox fakes every vendor on one port, faithfully and strictly, out of a world file.
//
//	/officernd/...  /kisi/...      the vendors; strict as the real ones (packages sandbox/officernd, sandbox/kisi)
//	/opentech/auth|accesscontrol|accessevent/...  one vendor with three services (package sandbox/opentech)
//	/scim/v2/...                   a SCIM 2.0 server (package sandbox/scim)
//	/nexudus/api/..., /portal/...  one vendor with two hosts (package sandbox/nexudus)
//	/kinnovis/v1/..., /oauth/token an assumed API: no public one is known (package sandbox/kinnovis)
//	/saltoks/identity/..., /v1.1/..., /v1.2/...  one vendor with two hosts (package sandbox/saltoks)
//	/brivo/oauth/..., /v1/api/...  one vendor with two hosts, also /brivo/auth and /brivo/api (package sandbox/brivo)
//	/_sandbox/...                  control, from this machine only
//
//	GET    /_sandbox/{k}/groups    who can pass now (members) and every edge (all), of a door vendor
//	GET    /_sandbox/{k}/log       every write received, oldest first; paths without the vendor's prefix
//	GET    /_sandbox/{k}/faults    faults still in force
//	POST   /_sandbox/{k}/faults    one fault, or a list
//	DELETE /_sandbox/{k}/faults    none any more
//	POST   /_sandbox/{k}/expire    every token ends now (officernd, opentech, nexudus, kinnovis, saltoks)
//	POST   /_sandbox/{k}/tick      do what fell due by now (nexudus: AccessControlUpdate around bookings; kinnovis: move-ins,
//	                               move-outs, auto-lock, webhooks that failed); requests do so too
//	GET    /_sandbox/nexudus/access  open the mapping page of Custom ACS: our groups route is asked
//	POST   /_sandbox/nexudus/access  push every customer to our push route
//	GET    /_sandbox/brivo/quota   what was spent of the month's calls; POST {"key","calls"} sets it
//	POST   /_sandbox/brivo/redeem  {"email","code"}: the holder takes the Mobile Pass
//	POST   /_sandbox/brivo/badge   {"user","access_point"}: somebody stands at a reader; an access event goes out
//	GET    /_sandbox/switches      what a vendor sheet says twice, and how it stands here
//	PATCH  /_sandbox/switches      {"kisi.duplicate": "422"}
//	GET    /_sandbox/world         every record as it is now
//	PATCH  /_sandbox/world         merge records, by id, in the form of a world file (YAML or JSON); sends the vendors' webhooks
//
// A request goes through: fault (may answer alone), vendor, fault (may change the answer), log. Only Options.Now tells the time.
//
// World files and ids: an OfficeRnD id of a world file is any word; it becomes an ObjectId (ID), the same in every run. Kisi ids
// are numbers, given or counted on; a reference may also be a user's e-mail or a thing's name. `templates:` is a place for YAML
// anchors and is not read. With Options.Shift every date moves by whole weeks, so that the week of `anchor` becomes this one.
package sandbox
