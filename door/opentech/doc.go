// Package opentech is the connector to OpenTech's access control (INSOMNIAC CIA, the IoE API), written from
// vendors/opentech-kinnovis.md alone. One System is one facility.
//
// A unit is a group, known by its number: "unit:" and the number, trimmed and case-folded. With portal visitors an access
// profile is a group too: "profile:" and its id. A visitor is one person on one unit, so that it is our edge; an account is
// nothing at the vendor but what its visitors have in common:
//
//	account "p:PERSON"  --+-- visitor 71 on unit 12A   edge unit:12a/p:PERSON, ref 71
//	                      +-- visitor 93 on unit 14    edge unit:14/p:PERSON,  ref 93
//
// Whose a visitor is: our note of its id, else extendedData.cardea, else a code of ours that it shows, else the account of
// ours that bears its address, else "mail:ADDRESS", else "v:ID". What is noted: accounts that were made and have no visitor
// yet, each visitor with its code (as a secret), what we disabled and locked, renames under way. An intent is noted before a
// visitor is made, and a create is never repeated before the unit was looked at.
//
// What each route rests on: H, M, L as in vendors/opentech-kinnovis.md 0; I assumed by us. All under accesscontrol, version
// 2.0 in the header api-version (H); F facility, U unit, V visitor, all of them whole numbers.
//
//	POST auth: /auth/token                H    password grant, through wire; expires_in counts seconds (I)
//	GET  /facilities                      H    id or property number; also whether the credentials hold
//	GET  /facilities/detail?propertyNumber=  M  one object with its id (I), or an array of one
//	GET  /facilities/statuslist           H    only for the name of the account
//	GET  /facilities/F/units              H    bare array, unpaged: that it closes is its end
//	POST /facilities/F/units              H    vacant unit; 400 names UnitNumber (M)
//	POST /facilities/F/units/U/vacate     H    deactivates everybody on it; of a vacant unit it is not sent
//	POST /facilities/F/units/U/disable, enable  H  delinquent and rented; what visitors show meanwhile is not documented
//	POST /facilities/F/units/U/delete/vacant    H  a boolean; false is taken for a refusal (I)
//	GET  /facilities/F/units/U/visitors   H
//	GET  /facilities/F/visitors           H
//	POST /facilities/F/visitors           H    {visitor, unit}; extendedData is written, and may not be shown (I)
//	POST /facilities/F/visitors/V/update  H    fields left out stay (M); unitId moves (H as a field, I as a move): guests first, the
//	                                           tenant last, and all back when one is refused
//	POST /facilities/F/visitors/V/disable, enable  H  leaves the unit's state alone (M)
//	POST /facilities/F/visitors/V/remove  H    visitors that we made: portal visitors that go, and (M) a tenant who went while others
//	                                           stayed, when the vendor refuses the next one
//	GET  /facilities/F/timegroups, accessprofiles  H  no hyphen
//	GET  /facilities/F/smartlockstatus, status, emergency, lockdown  H  for Examine only
//
// There is no route that changes a unit's number, none that rents a unit but making a tenant, and none that makes a facility.
// A 409, and a 400 that says "already", is a success for what may be repeated (L). A 404 may mean that we may not see it.
// Codes are in no error, log or note but as secrets; they are shown once.
package opentech
