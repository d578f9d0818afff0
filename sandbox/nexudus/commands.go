package nexudus

import (
	"net/http"
	"slices"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// updateAccess is the bulk action "Update access control" of the coworkers' page (1.3). The vendor's key is not known; this one
// is the sandbox's own, to be found by name.
const updateAccess = "SANDBOX_COWORKER_UPDATE_ACCESS_CONTROL"

func commands(e *entity) []row {
	if e.key != "coworkers" {
		return []row{}
	}
	return []row{{
		"Key": updateAccess, "Name": "Update access control", "AppliesOnlyToOneEntity": false, "AppliesOnlyToMultipleEntities": false,
		"AppliesOnlyToTwoEntities": false, "NeedsEntitiesToRun": true, "Order": 1, "RequiresParameters": []row{},
	}}
}

func (v *Vendor) serveCommand(c *call, e *entity) {
	body, ok := c.body()
	if !ok {
		return
	}
	key := text(body, "Key")
	if !slices.ContainsFunc(commands(e), func(one row) bool { return one["Key"] == key }) {
		c.refuse(complain("Key", "The command was not found.", body["Key"]))
		return
	}
	ids := map[int64]bool{}
	for _, id := range twin.As[[]any](body["Ids"]) {
		if v.state.get(e.key, id) == nil {
			c.refuse(complain("Ids", "The record was not found.", id))
			return
		}
		ids[idOf(id)] = true
	}
	v.send(news{access: ids})
	c.done("The command was run.", nil)
}

// serveEnum answers GET /utils/enums (1.3); of the vendor's enums only this name was found.
func (v *Vendor) serveEnum(c *call) {
	if c.r.Method != http.MethodGet || c.r.URL.Query().Get("name") != "eWebhookAction" {
		c.fail(http.StatusNotFound, "The enum was not found.")
		return
	}
	out := []row{}
	for i, name := range actions() {
		out = append(out, row{"Id": i + 1, "Name": name})
	}
	c.reply(out)
}

// actions are the names of eWebhookAction from 1 on (3.2).
func actions() []string {
	return words(`None CoworkerUpdate CoworkerCreate BlogPostCreate BlogPostUpdate BookingCreate BookingUpdate BookingDelete
		SendWelcomeEmail CoworkerContractActivate CoworkerContractCancel CoworkerContractRenew CoworkerContractUpgradeDowngrade
		CoworkerContractActivateFirst CoworkerInvoiceCreateFirst CoworkerInvoiceCreate CoworkerInvoiceDelete CoworkerInvoiceUpdate
		CoworkerInvoiceRefund CoworkerInvoiceCreditNote CoworkerInvoicePaid CoworkerInvoiceFailedPayment
		CoworkerInvoiceReceivedPayment CoworkerInvoiceAwaitingPayment CalendarEventCreate CalendarEventUpdate
		CalendarEventAttendeeDelete CalendarEventAttendeeCreate CalendarEventAttendeeUpdate GlobalChatMessageCreate
		NewsLetterSubscriberCreate NewsLetterSubscriberSubscribed NewsLetterSubscriberUnSubscribed
		NewsLetterSubscriberRemovedFromGroup CoworkerCheckout CoworkerCheckin CoworkerCheckinFailed VisitorNotification
		CommunityBoardNewThread CommunityBoardNewReply VisitorCheckedin VisitorRegistered BlogPostDelete CalendarEventDelete
		HelDeskMessageCreated HelpDeskCommentCreated CheckinCreated CheckinUpdated CheckinDeleted CoworkerDelete
		CoworkerMessageCreate DeliveryCreated DeliveryAssigned ProposalCreated ProposalUpdated ProposalDeleted TeamCreated
		TeamUpdated TeamDeleted CoworkerContractUpdate AccessControlUpdate CoworkerContractCreate FailedCheckin VisitorDeleted
		CoworkerInvoiceLedgerEntryCreate CoworkerInvoiceLedgerEntryDelete CoworkerInvoiceLedgerEntryUpdate CoworkerProductCreate
		CoworkerProductUpdate CoworkerProductDelete FloorPlanDeskCreate FloorPlanDeskDelete FloorPlanDeskUpdate TariffCreate
		TariffDelete TariffUpdate CoworkerContractDelete FloorPlanCreate FloorPlanDelete FloorPlanUpdate ProductCreate
		ProductDelete ProductUpdate BusinessUpdate CommunityGroupCreate CommunityGroupDelete CommunityGroupUpdate
		CoworkerPaymentMethodCreate CoworkerPaymentMethodDelete CoworkerPaymentMethodUpdate`)
}
