"""PyTorch Ignite's MLflowLogger logs to us."""

import json


def test_what_the_engine_put_out_is_kept(train, histories, pairs, sql):
    trained = train("train_ignite.py")
    assert trained.returncode == 0, trained.stderr
    told = json.loads((trained.folder / "told.json").read_text())
    losses = told["losses"]
    assert len(losses) == 6
    points = [
        *(("train loss", step, loss) for step, loss in enumerate(losses, 1)),
        *(("epoch loss", step, losses[3 * step - 1]) for step in (1, 2)),
        *(("lr group_0", step, 0.1) for step in range(1, 7)),
    ]
    assert histories(trained, told["run_id"]) == sorted(points)
    assert pairs(trained, told["run_id"], "params") == {"rate": "0.1"}
    assert sql("SELECT status FROM runs", trained.store) == [("FINISHED",)]
    assert trained.stdout == ""
