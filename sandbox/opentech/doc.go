// Package opentech fakes the OpenTech IoE API (INSOMNIAC CIA) for tests: strict where the fact sheet
// (vendors/opentech-kinnovis.md, sections 0-2) is known, and of all readings the one least kind to a client where it is not;
// each such place is a switch (switches.go).
//
// Three services, here as sub-paths: /auth, /accesscontrol, /accessevent. Every id is an integer. Confidence is the sheet's: H
// stated by the vendor or by two sources, M one good source, L a weak hint; I assumed here.
//
//	POST {auth}/auth/token              2.2  H password grant, form, four credentials, 400 on failure; M OAuth body; H 3600, its
//	                                         unit a switch; I resource is a list; no refresh_token is given
//
//	{accesscontrol}, api-version 2.0    2.3  H version and bearer; I bodies of 401 and 404 are empty, 415 for other content types
//	GET  /facilities                    2.6  H
//	GET  /facilities/detail             2.6  M propertyNumber; I 404 when there is none, 400 without it
//	GET  /facilities/{F}                2.6  H
//	GET  /facilities/statuslist         2.6  H
//	GET  /facilities/{F}/status         2.6  H
//	GET  /facilities/{F}/emergency, lockdown  2.6  H bare booleans; they change nothing in who could pass here
//	GET  /facilities/{F}/units          2.6  H
//	POST /facilities/{F}/units          2.6  H; L at most 9 characters; I the number is kept as sent, blanks too
//	POST .../units/{U}/vacate, disable, enable  1.2  H the status machine; I disable and enable of a Vacant unit are 400
//	POST .../units/{U}/delete/vacant    2.6  H a boolean; I the visitors of before go too
//	GET  .../units/{U}/visitors         2.6  H
//	GET  .../units/{U}                  7    I a switch: not found
//	GET  /facilities/{F}/visitors       2.6  H; M ?unitNumber=, I by exact match
//	GET  .../visitors/{V}               2.6  M
//	POST /facilities/{F}/visitors       2.6  H fields and {visitor, unit}; H the message for a tenant without a unit, wording I;
//	                                         M codes are unique in a facility, wording I
//	POST .../visitors/{V}/update        2.6  H fields and answer; I null is the same as left out, extendedData is ignored
//	POST .../visitors/{V}/disable, enable, remove  2.6  H; M what they set; I the answer, a switch
//	GET  /facilities/{F}/timegroups, accessprofiles  2.6  H; M 0 and null are the default, I by the world's isDefault
//	GET  /facilities/{F}/devices, smartlockstatus, smartlockstatussummary  2.6  H
//	GET  /facilities/{F}/unitvisitorstatus  2.6  L a switch
//
//	{accessevent}                       2.7
//	GET  /combinedevents/facilities/{F}  3.0  H gtq, etq, Unix seconds, hideMetadata; I both bounds included, the whole without
//	                                         hideMetadata is {metadata, items}, oldest first
//	GET  /combinedevents/types          2.0  H
//	GET  /events/facilities/{F}, /events/types  2.0  M; I 50 a page, at most 100
//	GET  /gatewayevents/accounts/{A}    3.0  H path; I rows as in the legacy route, a bare list
//
// Answered 501: actiongroups, smartmotionstatus, edgerouterstatus, edgerouterplatformdevicesstatus. Answered 404: a route that
// renames or updates a unit, swagger, health, gatewayevents by facility. Webhooks are not faked.
//
// I throughout: fields outside a route's list are ignored; suppressCommands is checked for its kind and delays nothing; a visitor
// that a vacate deactivated cannot be enabled or updated; events older than 180 days are not shown (H); two people may share an
// e-mail, and one person may be a visitor of many units.
//
// A world's section:
//
//	opentech:
//	  applications: [{id: cardea, secret: s}]
//	  accounts: [{key: "a2V5=", secret: "c2VjcmV0=", name: Acme, facilities: [north]}]   # id: counted from 700
//	  switches: {code: shown}
//	  facilities:
//	    - id: north                  # a number, or a word that stands for one
//	      name: North
//	      propertyNumber: "N-1"      # also city, emergency, lockdown, status: {gatewayStatus: warning, gatewayStatusMessage: ..}
//	      timegroups: [{id: 3, name: 24 Hour, isDefault: true}]
//	      accessprofiles: [{name: All Access, isDefault: true}]
//	      units: [{id: u101, unitNumber: "101"}, {unitNumber: "102", status: Rented}]
//	      visitors: [{unitNumber: "101", isTenant: true, firstName: Ana, lastName: Li, email: ana@x.test, accessCode: "4711"}]
//	      devices: [{name: Gate, status: Online}]
//	      smartlocks: [{name: L1, unitNumber: "101", batteryLevel: 20}]
//	      events: [{eventTypeEnum: 18, unitNumber: "101", createdUtc: 2026-11-23T08:00:00Z}]
//
// A visitor or lock names its unit by unitId (id or word) or by unitNumber. A tenant makes a Vacant unit Rented; a patch that
// sets a unit Vacant deactivates its visitors. A patch finds a facility by id, property number or name, a unit by id or number, a
// visitor by id or by e-mail and unit. When a patch takes a device or lock off or on, an event of it is kept.
package opentech
