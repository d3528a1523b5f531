"""Section 7.4 of the guide: evaluation."""


def test_evaluation(execute):
    shown, ask = execute("7.4")
    assert shown == [4, ["custom_metric"], True]
    assert ask("SELECT status, count(*) FROM runs WHERE run_id <> 'run_id' GROUP BY ALL") == [("FINISHED", 2)]
    assert ask("SELECT count(*) FROM metrics WHERE key IN ('custom_metric', 'score', 'roc_auc', 'true_positives')") == [(4,)]
