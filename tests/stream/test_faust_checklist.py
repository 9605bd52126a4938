"""Faust's own tests of consumer, transactions, tables, recovery and stores (faust-streaming/faust at 181b184), case by case.

Read for what must hold here, too; nothing is copied. A row: how many of Faust's cases, what they are about, and after each
arrow the test of ours that shows it (`file::test`, the file without `test_`) or why there is nothing to show here.
The tests below see to it that every test named exists and that the rows of a section add up.

== transport/test_consumer: 100
1  an offset is committed up to the first unfinished record, not beyond
   → faust_traps::TestARecordInFlight
   → exactly_once_model::test_every_event_takes_effect_once_in_order
3  gaps of markers and compaction are passed, before and after the committed offset, and no record is with them
   → faust_traps::TestTheRecordAfterATransactionMarker
   → exactly_once_model::test_every_event_takes_effect_once_in_order
4  what may be committed of what is acknowledged, by partition; nothing, when nothing is
   → partition_task::test_outputs_rows_and_offset_are_one_transaction
5  messages are tracked, acknowledged once, waited for
   → not here: no acknowledgements; a batch has one position, committed or not
5  a commit sends what hangs on it first, in the transaction, for partitions of the assignment only
   → producer::test_records_and_offset_are_one_transaction_in_the_partition_of_the_input
3  a commit that fails, or cannot send, leaves the tables' offsets as they are
   → producer::test_each_failure_of_each_step
   → partition_task::test_an_aborted_batch_is_taken_again_and_counts_once
   → partition_task::test_rows_do_not_change_before_the_transaction_is_committed
6  one commit at a time; a timer commits; a task's error commits what is done
   → not here: every batch is committed before the next is taken, and a task's error ends the process
3  a stop waits for what is being processed, unless told not to, and for no longer when stopped already
   → partition_task::test_stopping_lets_a_running_transaction_end
   → membership::test_sigterm_while_the_sink_is_away_ends_the_worker
3  after an assignment reading goes on from the committed offsets; none committed: from the beginning
   → ownership::test_an_assigned_partition_is_fenced_recovered_and_read_from_the_committed_offset
1  a seek moves the read position
   → reader::test_after_a_rewind_the_records_from_there_on_come_first
3  nothing that was fetched is handed out after the flow was stopped, not even the rest of a fetch
   → ownership::test_a_revocation_waits_for_the_running_transaction
   → ownership::test_a_revocation_in_the_middle_of_a_decision_leaves_the_batch_to_the_next_owner
5  partitions take turns, and records of a partition that is not active are dropped
   → batch::test_a_long_batch_is_cut_after_its_turn
   → reader::test_what_arrives_later_comes_at_once_to_whichever_partition
   → reader::test_after_a_rewind_the_records_from_there_on_come_first
4  flow stops and resumes, for all and by partition
   → reader::test_a_partition_that_nobody_takes_from_is_paused_and_holds_up_no_other
3  the active partitions are those assigned, none after a revocation
   → ownership::test_a_revoked_partition_is_closed_and_fenced_anew_when_it_comes_back
6  revoked and assigned partitions reach the application from the client's thread
   → ownership::test_a_kept_partition_keeps_its_producer_rows_and_position_over_a_rebalance
   → membership::test_workers_that_join_and_leave_under_load_lose_and_repeat_nothing
9  the fetcher ends at a stop: done, cancelled, late
   → ownership::test_after_stop_nothing_is_opened_again
2  a revocation flushes what a transaction still has to send
   → ownership::test_a_revocation_waits_for_the_running_transaction
3  transactional ids follow the assignment: begun for new partitions, ended for lost ones
   → ownership::test_an_assigned_partition_is_fenced_recovered_and_read_from_the_committed_offset
   → ownership::test_a_revoked_partition_is_closed_and_fenced_anew_when_it_comes_back
4  records and offsets go to the transaction of their partition
   → producer::test_records_and_offset_are_one_transaction_in_the_partition_of_the_input
5  sending outside a transaction, and what is not implemented or handed on
   → not here: agents write in transactions only
19 calls that the consumer hands to its thread, restart, defaults, wiring
   → not here: Faust's consumer and thread are used as they are; `calls` has tests of its own
3  every partition's event path is watched for livelocks
   → not here: that path is not in use; see "no commit for long" below

== transport/drivers/test_aiokafka: 132
2  the rebalance listener tells of revoked and assigned partitions
   → ownership::test_a_kept_partition_keeps_its_producer_rows_and_position_over_a_rebalance
2  a record becomes a message with all it has
   → reader::test_committed_records_come_whole_in_order_and_aborted_ones_never
4  no commit for long is said
   → partition_task::test_transactions_that_never_succeed_are_said_and_forgotten_when_one_does
   → partition_task::test_nothing_is_committed_while_the_effect_waits_and_all_of_it_after
20 no fetch, no answer, no end of the log, no event for long
   → not here: aiokafka fetches nothing; lag is measured by another process
1  with transactions only committed records are read
   → faust_traps::TestRecordsOfAnAbortedTransaction
   → membership::test_an_aborted_transaction_of_the_input_is_not_seen
1  reading goes on from the committed offset
   → ownership::test_an_assigned_partition_is_fenced_recovered_and_read_from_the_committed_offset
6  seeking, one or several partitions
   → reader::test_after_a_rewind_the_records_from_there_on_come_first
2  a commit carries offset and partition
   → producer::test_records_and_offset_are_one_transaction_in_the_partition_of_the_input
3  a commit after the group went on, or of a partition that is not owned
   → producer::test_each_failure_of_each_step
   → ownership::test_a_lost_partition_asks_for_a_rebalance_and_is_not_fenced_again_before_it
6  where a log begins and ends; with transactions the end is the last stable offset
   → recovery::test_it_ends_at_the_end_of_every_changelog_though_the_last_offset_is_a_marker
   → membership::test_100_000_rows_are_right_after_a_restart
   → ownership::test_mails_that_retention_took_before_they_were_processed_are_told_of
5  fetching: whole, stopped with the flow, an error when the client is closed
   → reader::test_committed_records_come_whole_in_order_and_aborted_ones_never
   → reader::test_a_fatal_error_ends_the_process_instead_of_leaving_it_deaf
9  transactions begin, send, commit each with its offsets, abort, stop
   → producer::test_records_and_offset_are_one_transaction_in_the_partition_of_the_input
   → producer::test_an_abort_that_fails_too_leaves_the_transaction_to_the_next_owner
2  a record that cannot be sent, within a transaction and without
   → producer::test_each_failure_of_each_step
1  a producer that stops
   → producer::test_after_close_nothing_is_written_and_what_waited_is_thrown_away
5  headers and time stamps as given
   → producer::test_records_and_offset_are_one_transaction_in_the_partition_of_the_input
4  a producer on a thread of its own
   → calls::test_calls_run_one_after_another_in_order_on_one_thread
   → calls::test_close_ends_the_thread_after_what_is_queued
59 making clients of settings, creating topics, partitioners, tracing, closing, handing on
   → not here: `infra.kafka`, `streams.admin` and `streams.partitioning` have tests of their own

== transport/test_conductor, test_conductor_parity, test_producer, test_utils: 62
7  events reach those who subscribed to their topic, over rebalances
   → batch::test_two_agents_of_one_topic_are_refused_instead_of_one_being_left_out
   → ownership::test_a_kept_partition_keeps_its_producer_rows_and_position_over_a_rebalance
1  a commit of chosen topics
   → not here: every partition commits by itself
19 subscriptions as they change
   → not here: agents are declared before the start
2  what cannot be decoded is acknowledged and told of
   → conformance::test_a_malformed_record_is_a_dead_letter_with_its_bytes_and_origin_and_delays_nobody
3  a full buffer holds up its partition and is counted
   → reader::test_a_partition_that_nobody_takes_from_is_paused_and_holds_up_no_other
6  one event for several channels
   → not here: an agent per topic
8  what waits to be sent is bounded, and flushed at a stop
   → producer::test_each_failure_of_each_step
   → batch::test_a_record_that_no_topic_takes_buries_its_event_instead_of_holding_up_all_behind_it
13 the abstract producer
   → not here: it has no behaviour
3  partitions of a topic take turns
   → reader::test_what_arrives_later_comes_at_once_to_whichever_partition

== tables/test_recovery: 27
2  an empty changelog needs no recovery, one with a single record does; the end is not waited for as if it were a record
   → recovery::test_nothing_is_read_where_nothing_is_missing
   → recovery::test_it_ends_at_the_end_of_every_changelog_though_the_last_offset_is_a_marker
6  it starts behind what is persisted, or where the changelog begins if that is later or nothing is persisted
   → recovery::test_a_replay_starts_where_the_store_ends_or_over
   → checkpoints::test_a_start_replays_only_what_came_since
2  whether there is anything to recover
   → recovery::test_nothing_is_read_where_nothing_is_missing
3  a rebalance restarts it, a stop ends it
   → recovery::test_an_overtaken_replay_ends_and_the_next_one_starts_over
   → ownership::test_a_recovery_that_a_rebalance_overtakes_has_ended_before_its_rows_are_let_go
   → ownership::test_a_store_that_is_still_being_opened_when_a_rebalance_comes_is_let_go_too
3  what was read is in the store before partitions go and at a stop
   → recovery::test_an_overtaken_replay_ends_and_the_next_one_starts_over
3  work begins after it, from the committed offsets
   → ownership::test_an_assigned_partition_is_fenced_recovered_and_read_from_the_committed_offset
   → ownership::test_a_rebalance_in_the_middle_of_an_opening_ends_it_and_the_next_one_opens
1  an empty share is ready at once
   → ownership::test_a_revoked_partition_is_closed_and_fenced_anew_when_it_comes_back
2  how much is left
   → recovery::test_progress_counts_the_offsets_of_all_changelogs_from_the_start
3  standbys
   → not here: no standby keeps a second copy; workers that share a folder hand it over warm
2  wiring
   → not here: nothing to show

== tables/test_manager, test_base, test_table: 92
3  an offset is persisted once its transaction is committed, the highest one
   → partition_task::test_a_checkpoint_follows_the_commit_and_one_that_is_not_to_be_had_changes_nothing
   → partition_task::test_rows_do_not_change_before_the_transaction_is_committed
4  not ready during a rebalance; tables are told of it; a stop ends recovery first
   → ownership::test_a_rebalance_in_the_middle_of_an_opening_ends_it_and_the_next_one_opens
   → ownership::test_a_partition_that_goes_away_while_it_is_opened_is_not_worked_on
8  a table is added once and before the start; channels
   → not here: Faust's own manager refuses it, ours is made of declarations
3  a change goes to the changelog in the partition of its event; without an event it is an error
   → partition_task::test_outputs_rows_and_offset_are_one_transaction
   → producer::test_records_and_offset_are_one_transaction_in_the_partition_of_the_input
3  the offset of what was sent is persisted, with transactions after the commit
   → partition_task::test_a_checkpoint_follows_the_commit_and_one_that_is_not_to_be_had_changes_nothing
1  state is reset
   → stores::TestEveryStore.test_forgets_all_when_cleared_and_goes_on
1  changelog and source must have the same number of partitions
   → producer::test_each_failure_of_each_step
   → partition_task::test_transactions_that_never_succeed_are_said_and_forgotten_when_one_does
2  changes are applied, stores follow a rebalance
   → recovery::test_the_last_word_on_a_key_counts_within_a_poll_and_over_polls
5  rows are read, missing ones are told apart, set ones are seen
   → tables::test_what_is_put_is_seen_and_the_committed_rows_stay_as_they_are
2  rows are deleted, one and all
   → not here: a decision sets rows; removals in a changelog are replayed, see recovery
2  a change outside an event
   → not here: a decision has its tables through its event only
58 windows, expiry, joins, callbacks, tables drawn for terminals, declaring changelogs
   → not here: rows are whole values without windows; `triage table` shows them

== tables/test_objects, test_sets, test_wrappers: 114
114 tables of sets and objects, windows over tables
   → not here: neither exists

== stores/test_base, test_memory, test_rocksdb: 79
5  changes are applied in order: set, removed, set again
   → recovery::test_the_last_word_on_a_key_counts_within_a_poll_and_over_polls
   → stores::TestEveryStore.test_gives_what_was_set_last_and_nothing_that_was_removed
17 rows are set, found, not found, removed
   → stores::TestEveryStore.test_is_a_dict_of_dicts
   → stores::TestEveryStore.test_takes_any_key_and_an_empty_value
2  a key must not be None
   → not here: a compacted topic refuses records without a key
4  the store's own offset is kept with the rows and survives
   → stores::TestOnDisk.test_rows_and_positions_survive
   → stores::TestOnDisk.test_a_killed_process_leaves_whole_batches_and_no_lock
1  memory has none
   → stores::TestEveryStore.test_is_empty_at_first
7  it is not among the rows, their number, keys and values
   → stores::TestEveryStore.test_counts_rows_by_table
   → stores::TestOnDisk.test_rows_and_positions_survive
4  rows of a partition that went away are not there any more
   → ownership::test_a_revoked_partition_is_closed_and_fenced_anew_when_it_comes_back
   → tables::test_fausts_view_shows_the_rows_of_all_partitions
6  a database per partition, opened and closed with the assignment
   → ownership::test_a_revoked_partition_is_closed_and_fenced_anew_when_it_comes_back
   → ownership::test_a_kept_partition_keeps_its_producer_rows_and_position_over_a_rebalance
4  a locked one is tried again, for a bounded time; another error is an error
   → stores::TestOnDisk.test_the_next_owner_waits_for_the_former_one_to_let_go
   → stores::TestOnDisk.test_a_folder_that_a_frozen_process_holds_is_left_alone
   → stores::TestOnDisk.test_a_folder_that_cannot_be_written_is_named_with_the_remedy
4  cleared, reset: the files are gone
   → stores::TestEveryStore.test_forgets_all_when_cleared_and_goes_on
   → stores::TestOnDisk.test_rows_of_other_changelogs_are_not_taken_over
2  a key is looked for where it can be
   → tables::test_fausts_view_shows_the_rows_of_all_partitions
23 serialisers, options, addresses, key indexes, standbys, names
   → not here: rows are bytes of one format, keys are looked for in the partition of the event

== functional, integration, consistency, stress (of streams: what is about acknowledging): 24
2  each partition's events in order, also over rebalances
   → exactly_once_model::test_every_event_takes_effect_once_in_order
   → membership::test_workers_that_join_and_leave_under_load_lose_and_repeat_nothing
3  several coroutines of one agent take each event once; the current agent
   → not here: one coroutine per partition
2  an event that is filtered out is done
   → partition_task::test_nothing_is_committed_while_the_effect_waits_and_all_of_it_after
1  an event whose processing raises is acknowledged
   → faust_traps::TestAnExceptionThatEscapesADecision
5  acknowledging by hand
   → not here: no acknowledgements
5  tables and rows are shown, unknown ones are named
   → table_command::test_rows_of_one_mailbox_as_committed
   → table_command::test_nobody_is_a_finding
   → table_command::test_an_unknown_table_is_named_with_those_there_are
   → table_command::test_the_list_counts_rows_and_not_the_position
2  a record goes to a broker and back
   → reader::test_committed_records_come_whole_in_order_and_aborted_ones_never
3  workers come and go: the changelog agrees with the source, no count twice, none missing
   → exactly_once::test_kills_freezes_and_a_broker_crash_lose_and_repeat_nothing
1  no partition starves
   → reader::test_what_arrives_later_comes_at_once_to_whichever_partition
   → batch::test_a_long_batch_is_cut_after_its_turn
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
WHERE = ("stream", "unit/runtime", "integration/transport", "integration")
_, *SECTIONS = re.split(r"^== ", __doc__ or "", flags=re.MULTILINE)
ANSWERS = re.findall(r"^   → (.+)$", __doc__ or "", flags=re.MULTILINE)


@cache
def names(module: str) -> frozenset[str]:
    """Tests and classes of tests in a module, wherever it is."""
    (path,) = [path for folder in WHERE if (path := TESTS / folder / f"test_{module}.py").exists()]
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return frozenset(found)


@pytest.mark.parametrize("answer", sorted({answer for answer in ANSWERS if not answer.startswith("not here: ")}))
def test_the_test_that_is_named_exists(answer: str) -> None:
    module, _, name = answer.partition("::")
    assert name in names(module)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.split(":")[0])
def test_every_case_has_an_answer_and_the_cases_add_up(section: str) -> None:
    head, _, body = section.partition("\n")
    rows = re.findall(r"^(\d+) +\S.*\n((?:   → .+\n)+)", body, flags=re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\d", body, flags=re.MULTILINE)), "a row without an answer"
    assert sum(int(number) for number, _ in rows) == int(head.rpartition(": ")[2])
