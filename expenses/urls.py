"""Paths of claims, decisions, payment runs and rate cards."""

from django.urls import path

from expenses import views

app_name = "expenses"

urlpatterns: list = [
    # --- the partner's claims
    path("claims/", views.ClaimListView.as_view(), name="claim_list"),
    path("claims/start/", views.ClaimStartView.as_view(), name="claim_start"),
    path("claims/top-ups/", views.TopUpAnswerView.as_view(), name="top_up_answer"),
    path("claims/create/", views.ClaimCreateView.as_view(), name="claim_create"),
    path("claims/<uuid:claim_id>/", views.ClaimDetailView.as_view(), name="claim_detail"),
    path("claims/<uuid:claim_id>/check/", views.ClaimCheckView.as_view(), name="claim_check"),
    path("claims/<uuid:claim_id>/submit/", views.ClaimSubmitView.as_view(), name="claim_submit"),
    path("claims/<uuid:claim_id>/sent/", views.ClaimSentView.as_view(), name="claim_sent"),
    path("claims/<uuid:claim_id>/discard/", views.ClaimDiscardView.as_view(), name="claim_discard"),
    path("claims/<uuid:claim_id>/recall/", views.ClaimRecallView.as_view(), name="claim_recall"),
    path("claims/<uuid:claim_id>/withdraw/", views.ClaimWithdrawView.as_view(), name="claim_withdraw"),
    path("claims/<uuid:claim_id>/ladder/", views.ClaimLadderView.as_view(), name="claim_ladder"),
    path("claims/<uuid:claim_id>/ladder/pdf/", views.ClaimLadderDownloadView.as_view(), name="claim_ladder_download"),
    path("claims/<uuid:claim_id>/updates/create/", views.UpdateCreateView.as_view(), name="update_create"),
    path(
        "claims/<uuid:claim_id>/preference/edit/",
        views.ClaimPreferenceEditView.as_view(),
        name="claim_preference_edit",
    ),
    path("claims/<uuid:claim_id>/lines/add/", views.LineKindChooseView.as_view(), name="line_kind_choose"),
    path("claims/<uuid:claim_id>/lines/add/<slug:kind>/", views.LineCreateView.as_view(), name="line_create"),
    path("claims/<uuid:claim_id>/lines/<uuid:line_id>/edit/", views.LineEditView.as_view(), name="line_edit"),
    path("claims/<uuid:claim_id>/lines/<uuid:line_id>/remove/", views.LineRemoveView.as_view(), name="line_remove"),
    path("claims/<uuid:claim_id>/lines/<uuid:line_id>/answer/", views.LineAnswerView.as_view(), name="line_answer"),
    path("claims/<uuid:claim_id>/lines/<uuid:line_id>/hold/", views.HoldAnswerView.as_view(), name="hold_answer"),
    path("claims/<uuid:claim_id>/lines/<uuid:line_id>/appeal/", views.LineAppealView.as_view(), name="line_appeal"),
    # --- receipts
    path(
        "claims/<uuid:claim_id>/lines/<uuid:line_id>/receipts/create/",
        views.ReceiptCreateView.as_view(),
        name="receipt_create",
    ),
    path(
        "claims/<uuid:claim_id>/lines/<uuid:line_id>/receipts/use/", views.ReceiptUseView.as_view(), name="receipt_use"
    ),
    path(
        "claims/<uuid:claim_id>/lines/<uuid:line_id>/receipts/<uuid:receipt_id>/remove/",
        views.ReceiptRemoveView.as_view(),
        name="receipt_remove",
    ),
    path("receipts/<uuid:receipt_id>/", views.ReceiptDetailView.as_view(), name="receipt_detail"),
    path("receipts/<uuid:receipt_id>/view/<int:number>/", views.ReceiptView.as_view(), name="receipt_view"),
    path("receipts/<uuid:receipt_id>/pages/<int:number>/", views.ReceiptPreviewView.as_view(), name="receipt_preview"),
    path("receipts/<uuid:receipt_id>/original/", views.ReceiptOriginalView.as_view(), name="receipt_original"),
    path("rate-card/<uuid:card_id>/receipts/", views.ReceiptKeepingEditView.as_view(), name="receipt_keeping_edit"),
    # --- agreed before a journey
    path("approvals/", views.PriorApprovalListView.as_view(), name="prior_approval_list"),
    path("approvals/create/", views.PriorApprovalCreateView.as_view(), name="prior_approval_create"),
    path("approvals/asked/", views.ApprovalRequestListView.as_view(), name="approval_request_list"),
    path("approvals/standing/", views.StandingApprovalListView.as_view(), name="standing_approval_list"),
    path("approvals/standing/create/", views.StandingApprovalCreateView.as_view(), name="standing_approval_create"),
    path(
        "approvals/standing/<uuid:approval_id>/end/",
        views.StandingApprovalEndView.as_view(),
        name="standing_approval_end",
    ),
    path("approvals/<uuid:approval_id>/", views.PriorApprovalDetailView.as_view(), name="prior_approval_detail"),
    path(
        "approvals/<uuid:approval_id>/withdraw/",
        views.PriorApprovalWithdrawView.as_view(),
        name="prior_approval_withdraw",
    ),
    path("approvals/<uuid:approval_id>/answer/", views.PriorApprovalAnswerView.as_view(), name="prior_approval_answer"),
    # --- cancelled meetings and likely duplicates
    path("cancelled/<uuid:meeting_id>/", views.CancellationDetailView.as_view(), name="cancellation_detail"),
    path("cancelled/<uuid:meeting_id>/create/", views.CancellationCreateView.as_view(), name="cancellation_create"),
    path("claims/<uuid:claim_id>/lines/<uuid:line_id>/explain/", views.LineExplainView.as_view(), name="line_explain"),
    path("duplicates/<uuid:duplicate_id>/clear/", views.DuplicateClearView.as_view(), name="duplicate_clear"),
    # --- helpers
    path("helpers/", views.HelperListView.as_view(), name="helper_list"),
    path("helpers/create/", views.HelperCreateView.as_view(), name="helper_create"),
    path("helpers/<uuid:helper_id>/end/", views.HelperEndView.as_view(), name="helper_end"),
    path("helping/", views.HelpingListView.as_view(), name="helping_list"),
    path("helping/<uuid:helper_id>/start/", views.HelpingStartView.as_view(), name="helping_start"),
    path("claims/<uuid:claim_id>/hand-over/", views.DraftHandOverView.as_view(), name="draft_hand_over"),
    # --- deciding
    path("decisions/", views.DecisionListView.as_view(), name="decision_list"),
    path("decisions/approve/", views.BulkApproveView.as_view(), name="bulk_approve"),
    path("claims/<uuid:claim_id>/decide/", views.ClaimDecideView.as_view(), name="claim_decide"),
    path(
        "claims/<uuid:claim_id>/lines/<uuid:line_id>/appeal/decide/",
        views.AppealDecideView.as_view(),
        name="appeal_decide",
    ),
    path("claims/<uuid:claim_id>/dispute/create/", views.DisputeCreateView.as_view(), name="dispute_create"),
    path("claims/<uuid:claim_id>/dispute/decide/", views.DisputeDecideView.as_view(), name="dispute_decide"),
    # --- the ladder
    path("claims/overview/", views.ClaimOverviewView.as_view(), name="claim_overview"),
    path("claims/overdue/", views.OverdueListView.as_view(), name="overdue_list"),
    path("backlog/", views.BacklogListView.as_view(), name="backlog_list"),
    path("backlog/create/", views.BacklogCreateView.as_view(), name="backlog_create"),
    path(
        "backlog/<uuid:list_id>/columns/edit/", views.BacklogColumnsEditView.as_view(), name="backlog_columns_edit"
    ),
    path("backlog/<uuid:list_id>/confirm/", views.BacklogConfirmView.as_view(), name="backlog_confirm"),
    path("reports/board/", views.BoardReportDetailView.as_view(), name="board_report_detail"),
    path("reports/board/export/", views.BoardReportExportView.as_view(), name="board_report_export"),
    path("steps/<uuid:escalation_id>/reply/", views.EscalationReplyView.as_view(), name="escalation_reply"),
    path("updates/<uuid:update_id>/answer/", views.UpdateAnswerView.as_view(), name="update_answer"),
    # --- payment runs
    path("runs/", views.RunListView.as_view(), name="run_list"),
    path("runs/create/", views.RunCreateView.as_view(), name="run_create"),
    path("runs/<uuid:run_id>/", views.RunDetailView.as_view(), name="run_detail"),
    path("runs/<uuid:run_id>/release/", views.RunReleaseView.as_view(), name="run_release"),
    path("runs/<uuid:run_id>/cancel/", views.RunCancelView.as_view(), name="run_cancel"),
    path("runs/<uuid:run_id>/settle/", views.RunSettleView.as_view(), name="run_settle"),
    path("runs/<uuid:run_id>/files/<slug:file>/", views.RunExportView.as_view(), name="run_export"),
    path("runs/<uuid:run_id>/lines/<uuid:run_line_id>/fail/", views.RunLineFailView.as_view(), name="run_line_fail"),
    path("runs/settings/", views.PaymentSettingsEditView.as_view(), name="payment_settings_edit"),
    path("runs/reconciliation/", views.ReconciliationDetailView.as_view(), name="reconciliation_detail"),
    path("runs/reconciliation/check/", views.ReconciliationCheckView.as_view(), name="reconciliation_check"),
    path("runs/results/", views.BankResultListView.as_view(), name="bank_result_list"),
    path("runs/results/create/", views.BankResultCreateView.as_view(), name="bank_result_create"),
    path("runs/results/<uuid:result_id>/", views.BankResultDetailView.as_view(), name="bank_result_detail"),
    path("runs/results/<uuid:upload_id>/columns/", views.BankResultEditView.as_view(), name="bank_result_edit"),
    path("runs/results/<uuid:upload_id>/take/", views.BankResultTakeView.as_view(), name="bank_result_take"),
    # --- bank details and remittances
    path("bank-details/", views.BankDetailsDetailView.as_view(), name="bank_details_detail"),
    path("bank-details/edit/", views.BankDetailsEditView.as_view(), name="bank_details_edit"),
    # --- one's money, over all organisations
    path("money/", views.MoneyDetailView.as_view(), name="money_detail"),
    path("money/lines/<slug:group>/", views.MoneyLineListView.as_view(), name="money_line_list"),
    path("money/tax-years/<int:year>/", views.TaxYearDetailView.as_view(), name="tax_year_detail"),
    path("money/tax-years/<int:year>/pdf/", views.TaxYearDownloadView.as_view(), name="tax_year_download"),
    path("money/tax-years/<int:year>/csv/", views.TaxYearExportView.as_view(), name="tax_year_export"),
    path("money/letters/create/", views.LetterCreateView.as_view(), name="letter_create"),
    path("money/letters/", views.LetterDetailView.as_view(), name="letter_detail"),
    path("money/letters/pdf/", views.LetterDownloadView.as_view(), name="letter_download"),
    # --- one's private limits
    path("planner/", views.PlanDetailView.as_view(), name="plan_detail"),
    path("planner/edit/", views.PlanEditView.as_view(), name="plan_edit"),
    path("planner/weeks/edit/", views.PlanWeekEditView.as_view(), name="plan_week_edit"),
    path("planner/remove/", views.PlanRemoveView.as_view(), name="plan_remove"),
    # --- bank details checked
    path("bank-details/checks/", views.BankCheckListView.as_view(), name="bank_check_list"),
    path("bank-details/<uuid:details_id>/calls/create/", views.BankCallCreateView.as_view(), name="bank_call_create"),
    path("bank-details/people/<uuid:user_id>/", views.BankHistoryDetailView.as_view(), name="bank_history_detail"),
    path("remittances/", views.RemittanceListView.as_view(), name="remittance_list"),
    path("remittances/<uuid:run_id>/", views.RemittanceDetailView.as_view(), name="remittance_detail"),
    path("remittances/<uuid:run_id>/pdf/", views.RemittanceDownloadView.as_view(), name="remittance_download"),
    # --- rate card
    path("rate-card/", views.RateCardDetailView.as_view(), name="rate_card_detail"),
    path("rate-card/create/", views.RateCardCreateView.as_view(), name="rate_card_create"),
    path("rate-card/<uuid:card_id>/", views.RateCardDetailView.as_view(), name="rate_card_detail"),
    path("rate-card/<uuid:card_id>/rules/", views.RateCardRulesEditView.as_view(), name="rate_card_rules_edit"),
    path("rate-card/<uuid:card_id>/checks/", views.ClaimChecksEditView.as_view(), name="claim_checks_edit"),
    path("rate-card/<uuid:card_id>/time-rates/", views.TimeRateChooseView.as_view(), name="time_rate_choose"),
    path("rate-card/<uuid:card_id>/time-rates/create/", views.TimeRateCreateView.as_view(), name="time_rate_create"),
    path(
        "rate-card/<uuid:card_id>/time-rates/<uuid:row_id>/edit/",
        views.TimeRateEditView.as_view(),
        name="time_rate_edit",
    ),
    path(
        "rate-card/<uuid:card_id>/mileage-rates/create/",
        views.MileageRateCreateView.as_view(),
        name="mileage_rate_create",
    ),
    path(
        "rate-card/<uuid:card_id>/mileage-rates/<uuid:row_id>/edit/",
        views.MileageRateEditView.as_view(),
        name="mileage_rate_edit",
    ),
    path("rate-card/<uuid:card_id>/caps/create/", views.CapCreateView.as_view(), name="cap_create"),
    path("rate-card/<uuid:card_id>/caps/<uuid:row_id>/edit/", views.CapEditView.as_view(), name="cap_edit"),
    path("rate-card/<uuid:card_id>/top-ups/", views.TopUpListView.as_view(), name="top_up_list"),
    path(
        "rate-card/<uuid:card_id>/top-ups/<uuid:top_up_id>/withdraw/",
        views.TopUpWithdrawView.as_view(),
        name="top_up_withdraw",
    ),
    path("rate-card/<uuid:card_id>/rows/<uuid:row_id>/close/", views.RowCloseView.as_view(), name="row_close"),
    path("rate-card/<uuid:card_id>/rows/<uuid:row_id>/remove/", views.RowRemoveView.as_view(), name="row_remove"),
]
