"""What shows that each requirement of the national acceptance tests is met: requirement, own words, tests or page.

A test is named as `folder/file::test` below `tests/`, with `test_` left out of both; a page begins with `page `. What
is not met says so in `lacks`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement."""

    id: str
    says: str
    shown_by: tuple[str, ...]
    lacks: str = ""


def _rows(text: str) -> tuple[Row, ...]:
    """Blocks of lines: id and what it asks; then what shows it, one a line; then what is lacking, after a hyphen."""
    rows = []
    for block in text.strip().split("\n\n"):
        first, *lines = (line.strip() for line in block.splitlines())
        name, _, says = first.partition(" ")
        lacks = " ".join(line.removeprefix("- ") for line in lines if line.startswith("- "))
        rows.append(Row(name, says, tuple(line for line in lines if not line.startswith("- ")), lacks))
    return tuple(rows)


SENDING = _rows("""
SEND-01 every case can be written in full, and the preview shows all of it before sending
  store/writing_information::the_preview_is_what_the_receiver_sees
  unit/compose_care::no_text_is_lost_on_the_way
  browser/writing_reports::the_ward_reports_changes_and_withdraws

SEND-02 next of kin, unit, contacts, who is responsible, and other documents sent can be filled in and go along
  unit/compose_care::no_text_is_lost_on_the_way
  unit/compose_care::every_sample_becomes_a_message_that_may_be_sent
  unit/compose_logistics::family_contacts_and_documents_go_along

SEND-03 the discharge report has fields of its own for nursing and for medical headings
  store/writing_reports::a_discharge_report_starts_from_what_the_municipality_knows
  unit/compose_care::an_empty_heading_is_not_sent
  conformance/build_schemas::every_sample_is_valid

SEND-04 the document holds all that was written, without faults
  unit/compose_care::no_text_is_lost_on_the_way
  conformance/build_schemas::any_data_of_the_schema_builds_or_is_refused

SEND-05 sender, receiver, patient, addresses, events, diagnoses, CAVE and procedures are structured
  unit/compose_care::every_sample_becomes_a_message_that_may_be_sent
  unit/compose_logistics::events_and_estimates_as_in_the_official_examples

SEND-06 medicines are structured
  unit/compose_care::medicines_are_structured
  browser/writing_parts::rows_are_added_filled_removed_and_sent

SEND-07 each heading has a record note of its own
  unit/compose_care::the_early_notice_stands_as_the_national_examples_have_it

SEND-08 a heading without text is left out
  unit/compose_care::an_empty_heading_is_not_sent

SEND-09 a number that is no national identity number is refused where it is entered
  unit/compose_care::plain_pairs_of_identifiers_are_checked_too
  unit/identity_persons::what_is_no_number_is_never_valid

SEND-10 without such a number nothing goes unless name, birth date and sex are there
  unit/compose_care::who_the_patient_is_must_be_certain
  unit/profiles::a_patient_without_number_birth_date_or_sex

SEND-11 without a sender nothing goes
  store/exchange_journey::what_stands_in_the_way_is_a_finding_and_one_task
  unit/compose_care::what_is_missing_or_wrong_is_said_at_its_field

SEND-12 what was sent is listed, and each opens in full
  store/message_pages::the_list_shows_messages_with_patient_and_standing
  store/message_pages::the_message_responsible_sees_where_it_stands_and_opens_the_content_by_an_act
  page /meldinger/?vis=ut

SEND-13 a correction goes as a change
  store/writing_information::a_change_starts_from_the_last_and_says_what_changed
  store/writing_reports::a_discharge_report_is_changed_and_withdrawn

SEND-14 a withdrawal goes as a cancellation
  store/writing_information::a_withdrawal_says_why_and_takes_the_whole_series
  store/exchange_journey::every_logistics_message_can_be_cancelled

SEND-15 nobody sends about a person without an ordinary number by accident
  scenario/logistics::14_a_help_number_gives_phone_and_paper_with_due_times_and_no_message
  store/stay_pages::a_help_number_patient_is_called_about

SEND-16 who lacks an ordinary number is said on the page, and what identifies the person otherwise goes along
  store/stay_pages::a_help_number_patient_is_called_about
  unit/compose_care::who_the_patient_is_must_be_certain

SEND-17 choosing a receiver fills in both address levels
  store/registry_services::who_takes_the_message
  store/exchange_journey::the_document_is_valid_and_addressed_on_two_levels

SEND-18 addresses come from the national address register
  store/register_cache::names_and_addresses_of_counterparts_become_the_registers
  store/register_cache::the_feed_brings_a_change_within_the_hour_and_nothing_else_is_asked
  store/register_cache::a_register_that_is_down_leaves_what_we_knew_and_its_age
  - which services take which messages stands in the world file; names, EDI addresses and certificates follow the
  - register where access to it is set up

SEND-19 the people who matter for the case are named
  unit/compose_care::a_new_dialogue_names_whom_it_is_for
  store/writing_reports::the_report_reaches_the_hospital_with_all_that_was_written

SEND-20 the program writes the XML itself
  conformance/build_schemas::every_sample_is_valid

SEND-21 header and payload are valid
  conformance/build_schemas::any_data_of_the_schema_builds_or_is_refused
  conformance/compose_schemas::every_message_is_valid_and_clean

SEND-22 namespaces are right
  unit/engine_build::the_namespaces_are_those_of_the_version

SEND-23 UTF-8
  unit/sent_documents::the_head_is_whole

SEND-24 each field has its data type
  unit/engine_build::values_are_checked
  unit/engine_simple::values

SEND-30 the header has what it must have
  unit/sent_documents::the_head_is_whole
  unit/profiles::each_rule_finds_its_fault

SEND-31 the type is one of the list
  unit/sent_documents::the_head_is_whole
  unit/catalogue::every_code_has_a_text_and_only_known_status

SEND-32 MIGversion is there and right
  unit/sent_documents::the_head_is_whole

SEND-33 GenDate has date and time
  unit/sent_documents::the_head_is_whole
  unit/compose_logistics::a_summer_time_is_written_with_its_offset

SEND-34 MsgId is a UUID of its own each time
  unit/sent_documents::the_head_is_whole
  store/exchange_journey::a_finished_document_is_checked

SEND-35 no element stands empty
  unit/sent_documents::nothing_stands_empty

SEND-36 simple codes are of their lists
  unit/sent_documents::every_code_is_of_its_list_and_has_its_text

SEND-37 simple codes have their text
  unit/sent_documents::every_code_is_of_its_list_and_has_its_text

SEND-38 coded values are of their lists
  unit/sent_documents::every_code_is_of_its_list_and_has_its_text

SEND-39 coded values name their list, or stand as text
  unit/sent_documents::every_code_is_of_its_list_and_has_its_text
  unit/codes::coded_gives_all_three_attributes

SEND-40 the message is the first document, as XML
  unit/sent_documents::the_message_is_the_first_document

SEND-41 consent, where it is used, is of its list
  unit/compose_care::no_text_is_lost_on_the_way
  conformance/build_schemas::any_data_of_the_schema_builds_or_is_refused

SEND-42 name and number of a known patient
  unit/sent_documents::the_head_is_whole

SEND-43 the sender by name and HER-id on both levels, with the organisation number where known
  store/exchange_journey::the_document_is_valid_and_addressed_on_two_levels

SEND-44 the receiver likewise
  store/exchange_journey::the_document_is_valid_and_addressed_on_two_levels

SEND-45 every id says its kind
  unit/sent_documents::every_id_says_its_kind

SEND-46 doctor at the office, service in the municipality, department at the hospital
  unit/compose_logistics::a_copy_to_a_general_practitioner_by_name
  store/exchange_journey::the_document_is_valid_and_addressed_on_two_levels

SEND-47 what changes, withdraws, answers or reports a fault refers back
  store/exchange_journey::withdrawing_refers_to_the_message_and_goes_to_the_same_service
  store/writing_dialogs::a_request_of_the_ward_is_answered_back_with_the_request_copied_in
  unit/compose_logistics::a_cancellation_without_series_is_not_written

SEND-48 attachments are documents of their own
  unit/compose_care::attachments_are_documents_of_their_own
  store/writing_attachments::a_file_is_kept_sealed_in_small_pieces_and_goes_with_the_message

SEND-49 number and size of attachments are shown, with a warning above 10 MB
  store/writing_attachments::a_large_one_is_warned_of_and_a_button_removes_it

SEND-50 type and payload agree
  unit/catalogue::logistics_by_chosen_element
  unit/facts::a_type_that_does_not_fit_the_payload

SEND-51 an admission is one event with date and time
  unit/compose_logistics::the_admission_has_a_time_and_the_ready_date_is_a_day

SEND-52 ready for discharge: two events and who decided
  unit/compose_logistics::events_and_estimates_as_in_the_official_examples
  store/exchange_journey::a_missing_name_of_the_deciding_professional_stops_the_ready_message

SEND-53 no longer ready: its events and who decided
  unit/compose_logistics::events_and_estimates_as_in_the_official_examples

SEND-54 a death is one event
  unit/compose_logistics::death_in_hospital_needs_no_place
  unit/profiles::the_rules_of_each_logistics_message

SEND-55 discharged: one event and where to
  unit/compose_logistics::discharge_to_place_and_in_what_state

SEND-56 a unit has name, id and telephone
  unit/compose_logistics::it_works
  unit/profiles::each_rule_finds_its_fault

SEND-57 services by IPLOS code and text, else in words
  unit/profiles_reports::each_rule_finds_its_fault
  unit/compose_care::every_sample_becomes_a_message_that_may_be_sent

SEND-58 each message holds what its profile demands
  unit/profiles_reports::each_rule_finds_its_fault
  conformance/profiles_examples::no_valid_example_has_a_finding_that_stops_sending

SEND-59 a time is marked as an estimate only when it is one
  unit/compose_logistics::estimates_as_a_counterpart_wants_them

SEND-60 early notice first, then complete updates that say what changed, expected date as a day
  store/writing_information::a_change_starts_from_the_last_and_says_what_changed
  unit/profiles_reports::an_update_says_what_changed

SEND-61 the profession of every professional
  unit/sent_documents::somebody_can_be_telephoned_and_every_professional_has_a_profession

SEND-62 somebody to telephone in every message
  unit/sent_documents::somebody_can_be_telephoned_and_every_professional_has_a_profession
  unit/profiles::each_rule_finds_its_fault

SEND-63 record components carry their attributes
  unit/compose_care::components_of_the_record_carry_their_attributes

SEND-64 logistics messages hold no health information
  unit/sent_documents::logistics_tell_nothing_of_health

SEND-65 an answer says so, copies the request and refers to it
  unit/compose_care::an_answer_copies_the_request
  unit/profiles_reports::an_answer_copies_the_request_and_refers_to_it

SEND-70 a dialogue answer holds the request
  store/writing_dialogs::a_request_of_the_ward_is_answered_back_with_the_request_copied_in

SEND-71 a person related to a note has a role
  unit/profiles_reports::each_rule_finds_its_fault

SEND-72 and is named, or a unit is
  unit/facts_families::a_unit_may_answer_instead_of_a_person
  unit/profiles_reports::each_rule_finds_its_fault

SEND-73 a note has text
  unit/compose_care::what_is_missing_or_wrong_is_said_at_its_field
  unit/profiles_reports::each_rule_finds_its_fault

SEND-74 a request in free words says its purpose
  unit/profiles_reports::several_questions_need_ids_and_free_text_a_question

SEND-75 a report of a fault has theme, text and reference, also about an unknown patient
  unit/compose_care::a_deviation_has_two_reasons_and_names_the_message
  store/writing_dialogs::a_deviation_can_be_written_about_somebody_we_have_no_record_of

SEND-76 professional dialogue: theme, text, who is responsible with telephone, whom it is for
  unit/compose_care::a_new_dialogue_names_whom_it_is_for
  store/letters::a_dialogue_goes_back_and_forth_with_its_subject

SEND-77 a request opens its own answer form; internal ids are not shown
  store/writing_dialogs::a_request_of_the_ward_is_answered_back_with_the_request_copied_in
  unit/display::internal_document_ids_are_never_shown
  store/letters::a_request_leads_to_its_right_answer

SEND-80 sending, transport and receipt of each receiver are logged
  store/exchange_journey::the_history_tells_every_step_and_only_grows

SEND-81 a positive receipt is logged and shown when asked for
  store/message_pages::the_message_responsible_sees_where_it_stands_and_opens_the_content_by_an_act

SEND-82 a rejection alerts, with code, text and explanation
  store/exchange_receipts::rejected_shows_code_and_free_text_and_asks_a_person
  store/stay_pages::what_did_not_arrive_stands_on_the_wards_page_with_whom_to_call

SEND-83 96 hours without a receipt alert at once
  store/exchange_receipts::no_receipt_warns_at_half_an_hour_and_expires_at_96

SEND-84 a late positive receipt counts
  store/exchange_receipts::a_late_positive_receipt_is_accepted_and_clears_the_tasks

SEND-85 a second receipt changes nothing
  store/exchange_receipts::the_first_receipt_counts_and_a_contradicting_one_is_flagged

SEND-86 what is corrected and sent again has a new id
  store/exchange_journey::a_finished_document_is_checked
  store/passing_on::another_document_with_the_same_id_is_refused

SEND-87 a copy receiver's rejection is followed up
  store/exchange_receipts::main_receiver_ok_and_copy_rejected_needs_a_person

SEND-88 a message stands together with its changes, withdrawal, answers and reports of faults
  store/matters::it_gathers_versions_by_generation_time_whatever_the_order_of_arrival
  browser/matters::no_barrier_and_nothing_too_wide
  page /melding/…/sak/

SEND-89 the organisation names who is alerted
  store/user_command::a_role_is_given_shown_and_taken_away
  store/exchange_receipts::missing_receipts_of_one_counterpart_are_one_group
""")

RECEIVING = _rows("""
RECV-01 the program reads the XML itself
  unit/engine_reading::it_works

RECV-02 faults of syntax are told
  unit/engine_reading::each_kind_of_fault_has_its_code
  conformance/receive_pasientlogistikk::rejected

RECV-03 namespaces decide
  unit/catalogue::namespace_decides_the_version
  unit/judge::an_unknown_root

RECV-04 UTF-8 and ISO-8859-1
  unit/engine_reading::encodings

RECV-05 every field is read
  conformance/engine_official::every_valid_official_file_comes_back_the_same

RECV-06 every reception is logged
  store/exchange_arrivals::junk_is_kept_and_shown_to_a_person
  store/exchange_journey::the_history_tells_every_step_and_only_grows

RECV-07 the original is kept and given back unchanged
  store/message_pages::the_original_is_given_byte_for_byte_and_never_run
  store/exchange_journey::both_sides_keep_the_same_bytes_each_its_own

RECV-08 every message is receipted
  conformance/receive_pasientlogistikk::every_receipt_is_version_1_0_valid_and_mirrors_the_message

RECV-09 an answer finds what it answers
  conformance/receive_dialogmelding::an_answer_finds_the_request_in_the_same_office

RECV-20 all information is shown in its place
  conformance/display_examples::every_value_is_shown

RECV-21 codes are shown as words
  conformance/codes_examples::every_code_of_the_examples_is_known_with_its_text
  unit/display::the_code_and_its_list_when_nobody_knows

RECV-22 heading codes are headings
  unit/display_reports::headings_of_the_report_are_headings_of_the_page

RECV-23 formatted text is understood and harmless
  unit/markup::escaped_markup_in_a_plain_field_is_rendered
  unit/markup::nothing_but_allowed_names_ever_comes_out

RECV-24 who is responsible stands out, with telephone
  unit/display::the_fragment_begins_with_the_gist
  unit/display::the_telephone_is_a_link

RECV-25 a copy to us is evident
  unit/display::a_copy_to_us_is_evident
  conformance/receive_pasientlogistikk::main_and_copy_receiver_answer_one_by_one

RECV-26 attachments are marked, named and open safely
  store/attachments::each_is_marked_with_name_kind_and_size_and_opens_by_what_it_is

RECV-27 estimated and final times are told apart
  unit/display::an_expected_day_is_marked
  unit/facts::the_estimate_flag_never_decides_what_an_event_means

RECV-28 the explanation in a receipt is shown to the sender
  store/exchange_receipts::rejected_shows_code_and_free_text_and_asks_a_person

RECV-29 a message can be printed whole
  browser/desk::paper_says_what_it_is_and_how_old
  unit/journal_pdf::every_value_of_the_display_is_on_paper

RECV-30 a patient without name and number is rejected
  conformance/receive_pasientlogistikk::rejected[11a]
  conformance/receive_dialogmelding::rejected[1-14a]

RECV-31 name, birth date and sex suffice; a help number of somebody else is shown and matched by hand
  conformance/receive_pasientlogistikk::taken[11b]
  conformance/receive_dialogmelding::taken[1-14b]

RECV-32 name, birth date and sex alone are matched by hand
  conformance/receive_pasientlogistikk::taken[11c]
  conformance/receive_dialogmelding::taken[1-14c]

RECV-33 an unknown patient is taken, unassigned, with a warning
  conformance/receive_pasientlogistikk::taken[12]
  conformance/receive_dialogmelding::taken[1-15]
  store/exchange_arrivals::an_unknown_patient_is_taken_unassigned_with_a_task

RECV-34 a name alone does not suffice
  conformance/receive_pasientlogistikk::rejected[14a]
  conformance/receive_pasientlogistikk::rejected[14b]
  conformance/receive_dialogmelding::rejected[1-17b]

RECV-35 a D-number suffices; a help number does not, but by agreement
  conformance/receive_pasientlogistikk::taken[16c]
  conformance/receive_pasientlogistikk::rejected[16a]
  store/exchange_arrivals::by_agreement_a_name_and_an_h_number_are_enough

RECV-36 other numbers here than in the message are never matched by themselves, and two people confirm it
  store/exchange_clearing::a_help_number_here_and_an_ordinary_one_in_the_message
  store/exchange_clearing::where_numbers_differ_a_second_person_confirms

RECV-37 a help number is shown as no real number
  unit/display::an_h_number_is_said_to_be_no_real_number

RECV-38 a person may match, and it is logged
  store/message_pages::a_person_says_whose_message_it_is_beside_the_document
  store/exchange_clearing::a_wrong_match_is_undone_and_its_course_is_nobodys_again
  - the receipt does not wait for the person: an unknown patient is no reason to reject these families, so it goes
  - at once

RECV-40 a sender who cannot be read gets no receipt, and a person is told
  conformance/receive_pasientlogistikk::no_receipt_when_the_sender_cannot_be_read
  store/exchange_arrivals::junk_is_kept_and_shown_to_a_person

RECV-41 what breaks the standard is rejected
  conformance/receive_pasientlogistikk::rejected[15a]
  conformance/receive_pasientlogistikk::rejected[15b]

RECV-42 our organisation and an unknown service
  conformance/receive_pasientlogistikk::taken[18]
  store/exchange_arrivals::an_unknown_service_in_our_house_is_taken_and_routed_by_a_person
  store/exchange_arrivals::by_setting_an_unknown_service_is_rejected_with_e21

RECV-43 main and copy receiver in one organisation: one message, two receipts
  store/exchange_journey::a_copy_receiver_in_the_same_organisation_gives_one_message_and_two_receipts

RECV-44 the same message again is ignored
  conformance/receive_pasientlogistikk::a_message_met_before_is_ignored_whatever_it_now_holds

RECV-45 a message to others gets no receipt
  conformance/receive_pasientlogistikk::a_message_to_others_gets_no_receipt

RECV-46 an id that is no UUID is rejected
  unit/judge::not_a_uuid
  conformance/receive_dialogmelding::rejected[3]

RECV-47 unknown codes are shown, never a reason to reject
  unit/judge::a_code_that_its_list_does_not_have
  unit/display_reports::unknown_and_withdrawn_codes_are_marked

RECV-48 a fault found later is reported in a message
  store/writing_dialogs::a_deviation_stands_at_the_message_it_concerns

RECV-50 a cancellation stands at its original, the reader is told, the content stays
  conformance/receive_pasientlogistikk::a_cancellation_without_reference_finds_its_original_by_patient_sender_and_type
  store/exchange_arrivals::a_cancellation_cancels_whatever_comes_first

RECV-51 a cancellation before its original
  conformance/receive_pasientlogistikk::a_cancellation_before_its_original_is_held_and_applied_when_that_comes

RECV-52 a change takes the place of what was, which can still be read
  store/matters::the_page_shows_what_changed_and_logs_the_reading

RECV-53 order by generation
  store/matters::it_gathers_versions_by_generation_time_whatever_the_order_of_arrival
  store/exchange_arrivals::the_result_does_not_depend_on_the_order_of_arrival

RECV-54 what is cancelled leaves no work
  store/matters::a_withdrawn_matter_has_nothing_in_force_and_leaves_no_work
  store/matters::a_message_that_was_withdrawn_before_it_came_gives_no_work

RECV-60 one receipt for each receiver of ours, in the right version
  unit/catalogue::receipt_version_of_each_family
  conformance/receive_pasientlogistikk::main_and_copy_receiver_answer_one_by_one

RECV-61 addresses are mirrored, the id is copied
  unit/receipts::addresses_are_mirrored_whole
  unit/receipts::ids_and_times_are_copied_exactly

RECV-62 the receipt goes at once
  store/exchange_journey::it_works

RECV-63 what we rejected never comes into the record
  store/filing::what_we_rejected_never_comes_into_the_record

RECV-64 rejecting an unknown service is a setting
  store/registry_services::unknown_services_are_rejected_only_where_set

RECV-65 a receipt is not sent twice
  store/exchange_receipts::the_same_message_in_another_transmission_is_counted_and_not_receipted

RECV-66 work lists, and the message responsible hears of what is unassigned or faulty
  store/exchange_arrivals::an_unknown_patient_is_taken_unassigned_with_a_task
  store/inbox_pages::each_service_has_its_own_and_what_nobody_has_is_counted

RECV-67 every message can start an answer, a request or a report of a fault
  store/writing_dialogs::a_deviation_stands_at_the_message_it_concerns
  store/writing_dialogs::a_municipality_asks_from_its_own_list

RECV-68 ready for discharge is answered at once
  store/writing_dialogs::the_municipality_answers_in_two_clicks
""")
