"""Statements that other tests prove in depth: each names the test, which is there."""

import ast
import pathlib

import pytest

TESTS = pathlib.Path(__file__).parent.parent
PROVED = {
    "3.1 a second run in a thread is an error that names the one that is active": "tracking/test_runs.py::test_a_second_run_needs_nested",
    "3.1 the stack of active runs is per thread": "tracking/test_runs.py::test_threads_have_runs_of_their_own",
    "3.1 generated names": "tracking/test_runs.py::test_generated_names",
    "3.1 errors of a context provider are logged": "tracking/test_runs.py::test_a_failing_context_provider_loses_no_run",
    "3.1 git commit, branch and remote": "tracking/test_runs.py::test_git_is_asked_and_its_credentials_left_out",
    "3.1 the end of a block is FINISHED, or FAILED after any exception": "tracking/test_runs.py::test_any_exception_that_leaves_the_block_fails_the_run",
    "3.1 a body that ended the run itself": "tracking/test_runs.py::test_a_run_that_its_body_ended_is_left_alone",
    "3.1 the object is a snapshot": "tracking/test_logging.py::test_a_run_object_is_a_snapshot",
    "3.1 no active run to end": "tracking/test_runs.py::test_ending_nothing_is_fine",
    "4 answers equal to MLflow's, call by call": "tracking/test_answers.py::test_calls_are_answered_as_by_mlflow",
    "4.1 checked in the store, also over REST": "server/test_endpoints.py",
    "5, 7 filters and orders": "storage/search/test_queries.py::test_filters_find_what_mlflow_finds",
    "5, 7 order by missing values, NaN and ties": "storage/search/test_queries.py::test_missing_values_come_last_and_nan_before_them",
    "6 progress of long transfers": "storage/artifact_stores/test_places.py::test_a_bar_is_shown_for_large_folders_to_those_who_look",
    "data 1 all that is stored of a data set, as MLflow stores it": "data/test_against_mlflow.py::test_all_that_is_stored_of_a_data_set",
    "data 1 from_tensorflow": "data/test_datasets.py::test_tensorflow",
    "data 1 load() downloads": "data/test_sources.py::test_a_file_of_the_web",
    "data 3 steps go on when a run is resumed": "tracking/test_system_metrics.py::test_a_resumed_run_goes_on_behind_its_last_step",
    "data 3 means of several samples": "tracking/test_system_metrics.py::test_several_samples_make_a_point_and_a_node_has_a_name",
    "data 3 GPUs": "tracking/test_system_metrics.py::test_gpus_have_their_metrics",
    "data 3 the thread stops when the run is ended elsewhere": "tracking/test_system_metrics.py::test_it_ends_by_itself_when_a_client_ends_or_deletes_the_run",
    "data 3 failures are only logged": "tracking/test_system_metrics.py::test_a_setting_that_cannot_be_is_an_error_or_only_logged",
}


@pytest.mark.parametrize("statement", PROVED)
def test_a_statement_is_proved_elsewhere(statement):
    path, _, name = PROVED[statement].partition("::")
    tree = ast.parse((TESTS / path).read_text("utf-8"))
    assert not name or name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
