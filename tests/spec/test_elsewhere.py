"""Statements that other tests prove in depth: each names the test, which is there."""

import ast
import pathlib

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
    "4.1 keys of params, metrics and tags that cannot be": "tracking/test_logging.py::test_names_that_cannot_be",
    "4.1 keys that can be": "tracking/test_logging.py::test_names_that_can_be",
    "4.1 params of 6000 and tags of 8000 characters are kept, longer ones cut with a warning": "tracking/test_logging.py::test_long_values_are_cut_with_a_warning",
    "4.1 or refused": "tracking/test_logging.py::test_long_values_are_refused_where_one_wants_that",
    "4.1 large batches": "tracking/test_logging.py::test_large_batches",
    "4.1 values become text": "tracking/test_logging.py::test_params_are_text",
    "4.2 all or nothing, params before metrics and tags": "tracking/test_logging.py::test_a_batch_is_all_or_nothing",
    "4.3 what becomes a number": "tracking/test_logging.py::test_values_that_become_numbers",
    "4.3 infinity is kept": "tracking/test_logging.py::test_values_that_become_numbers",
    "4.3 what does not": "tracking/test_logging.py::test_values_that_become_none",
    "4.3 steps": "tracking/test_logging.py::test_steps",
    "4.3 times, and 0": "tracking/test_logging.py::test_timestamps",
    "4.3 NaN": "tracking/test_logging.py::test_nan_is_kept_as_nan",
    "4.3 identical points once, the history in its order": "tracking/test_logging.py::test_history",
    "4.3 the latest value": "tracking/test_logging.py::test_which_value_is_the_latest",
    "4.3 keys have a case": "tracking/test_logging.py::test_keys_have_a_case",
    "4 a run that is named": "tracking/test_logging.py::test_logging_to_a_named_run",
    "5 ids": "tracking/test_experiments.py::test_ids_count_from_one",
    "5 names": "tracking/test_experiments.py::test_names_that_cannot_be",
    "5 missing ones": "tracking/test_experiments.py::test_missing_experiments",
    "5 renaming": "tracking/test_experiments.py::test_renaming",
    "5 what a deleted one refuses": "tracking/test_experiments.py::test_life_cycle",
    "6 log_artifact and log_artifacts": "tracking/test_artifacts.py::test_files_and_folders",
    "6 missing files": "tracking/test_artifacts.py::test_missing_files",
    "6 path safety": "tracking/test_artifacts.py::test_paths_that_lead_out",
    "6 texts": "tracking/test_artifacts.py::test_texts_and_dicts",
    "6 list_artifacts": "tracking/test_artifacts.py::test_listing",
    "6 download_artifacts of the client": "tracking/test_artifacts.py::test_fetching",
    "6 pixels of images": "tracking/test_images_and_tables.py::test_pixels_are_kept",
    "6 what is no image": "tracking/test_images_and_tables.py::test_what_is_no_image_is_refused",
    "6 series of images": "tracking/test_images_and_tables.py::test_a_series_has_steps_and_small_copies",
    "6 tables grow and are noted once": "tracking/test_images_and_tables.py::test_rows_are_appended",
    "6 images in tables": "tracking/test_images_and_tables.py::test_columns_of_images_lie_beside_the_table",
    "6 names of tables": "tracking/test_images_and_tables.py::test_names_that_no_table_can_have",
    "6 load_table": "tracking/test_images_and_tables.py::test_tables_of_several_runs_are_one",
    "6 artifacts.download_artifacts": "artifacts/test_artifacts.py::test_every_form_of_uri_is_fetched",
    "6 artifacts.list_artifacts": "artifacts/test_artifacts.py::test_what_is_there_is_listed",
    "6 exactly one of URI and run": "artifacts/test_artifacts.py::test_what_is_not_there_or_leads_out_is_refused",
    "6 load_text, load_dict, load_image": "artifacts/test_artifacts.py::test_contents_of_another_kind_are_told",
    "data 1 sources as they are given and stored": "data/test_sources.py::test_what_is_meant_and_what_is_stored",
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


def test_statements_are_proved_elsewhere():
    for statement, place in PROVED.items():
        path, _, name = place.partition("::")
        tree = ast.parse((TESTS / path).read_text("utf-8"))
        assert not name or name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, statement
