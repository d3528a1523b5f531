"""Section 7.4 of the guide: evaluation."""


def test_evaluation(execute):
    shown, ask = execute("7.4")
    assert shown == [4, ["custom_metric"], True]
    runs = ask(
        "SELECT status, (SELECT count(*) FROM metrics m WHERE m.run_id = r.run_id) FROM runs r WHERE run_id <> 'run_id' ORDER BY 2"
    )
    assert runs == [("FINISHED", 1), ("FINISHED", 13)]
